package dev.weir.app.cli;

import java.io.PrintWriter;

/**
 * Where a command says what it has to say.
 *
 * @param out what it was asked for
 * @param err everything else
 */
public record Console(PrintWriter out, PrintWriter err) {}
