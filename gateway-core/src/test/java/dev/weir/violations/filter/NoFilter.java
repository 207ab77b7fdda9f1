package dev.weir.violations.filter;

/** Beside the filters, and none of them. */
public final class NoFilter {}
