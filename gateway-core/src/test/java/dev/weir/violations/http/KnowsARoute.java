package dev.weir.violations.http;

import dev.weir.violations.route.KnowsARequest;

/** A room that knows one after it, which knows it in turn. */
public record KnowsARoute(KnowsARequest route) {}
