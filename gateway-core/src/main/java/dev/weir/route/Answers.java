package dev.weir.route;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import reactor.core.publisher.Mono;

/** Where a path can end other than at an upstream. */
public final class Answers {

  private Answers() {}

  /** Always the same answer. */
  public static Handler fixed(int status, Map<String, String> headers, byte[] body) {
    Map<String, String> fields = Map.copyOf(headers);
    return request ->
        Mono.fromSupplier(
            () -> {
              HttpHeaders own = Fields.create();
              fields.forEach(own::set);
              return Response.of(status, own, Body.held(body));
            });
  }

  /** To another address; the query goes along unless the template has one. */
  public static Handler redirect(int status, PathTemplate location) {
    return request ->
        Mono.fromSupplier(
            () -> {
              HttpHeaders own = Fields.create();
              own.set(HttpHeaderNames.LOCATION, withQuery(location.expand(request), request));
              return Response.of(status, own, Body.empty());
            });
  }

  private static String withQuery(String location, Request request) {
    String query = request.target().query();
    return query == null || location.indexOf('?') >= 0 ? location : location + "?" + query;
  }

  /**
   * One of several, by chance and weight; for canaries.
   *
   * @param random gives a number from 0 to below its argument
   */
  public static Handler split(List<Share> shares, LongUnaryOperator random) {
    List<Share> all = List.copyOf(shares);
    long total = all.stream().mapToLong(Share::weight).sum();
    return request ->
        Mono.defer(
            () -> {
              long rest = random.applyAsLong(total);
              for (Share share : all) {
                rest -= share.weight();
                if (rest < 0) {
                  return share.handler().handle(request);
                }
              }
              return Mono.error(Failure.NO_ENDPOINT::exception);
            });
  }

  /**
   * A part of a split.
   *
   * @param weight 0 or more; the share is the weight over the sum of all
   */
  public record Share(long weight, Handler handler) {}
}
