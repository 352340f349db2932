/** Style sheets are built beside the scripts; none is imported by one. */
declare module "*.css";
