/**
 * The one script of an exported page: the view, the host, and the call that joins them.
 */
import view from "./codebook_browser";
import { mountPage } from "./host";

mountPage(view);
