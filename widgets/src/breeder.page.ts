/**
 * The one script of an exported page: the view, the host, and the call that joins them.
 */
import view from "./breeder";
import { mountPage } from "./host";

mountPage(view);
