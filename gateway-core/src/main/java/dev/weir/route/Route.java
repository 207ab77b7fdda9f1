package dev.weir.route;

import dev.weir.http.Handler;

/**
 * A way through the gateway.
 *
 * @param id from the configuration, unique in its table
 * @param handler all steps of the route, assembled
 */
public record Route(String id, RouteMatch match, Handler handler) {}
