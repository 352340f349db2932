/**
 * The one script of an exported page: the view, the host, and the call that joins them.
 */
import { mountPage } from "./host";
import view from "./score_explorer";

mountPage(view);
