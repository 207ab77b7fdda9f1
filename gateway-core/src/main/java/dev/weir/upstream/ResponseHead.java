package dev.weir.upstream;

import dev.weir.http.Quoted;
import dev.weir.http.Request;
import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** What the head of an answer of HTTP/1.1 has to be like, beyond what its decoder sees to. */
final class ResponseHead {

  private ResponseHead() {}

  /** What is wrong with it as an answer to that request, for people; null if nothing is. */
  static @Nullable String faultOf(HttpResponse response, Request request) {
    int status = response.status().code();
    if (response.protocolVersion().majorVersion() != 1) {
      return "version: " + response.protocolVersion() + " (expected: HTTP/1.1)";
    }
    if (status == 101 && WebSocketHandshake.isWanted(request)) {
      return WebSocketHandshake.faultOfAnswer(request.headers(), response.headers());
    }
    if (status == 101 || status < 100 || status > 599) {
      return "status: " + status + " (expected: 200 to 599)";
    }
    if (status >= 200 && !isFramed(response.headers())) {
      return "transfer-encoding: "
          + Quoted.of("" + response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING))
          + " (expected: chunked)";
    }
    return null;
  }

  /** RFC 9112 §6.1: a coding that we don't decode would be taken for the content. */
  private static boolean isFramed(HttpHeaders fields) {
    String coding = fields.get(HttpHeaderNames.TRANSFER_ENCODING);
    return coding == null
        || coding.equalsIgnoreCase("chunked")
            && fields.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1;
  }

  /** Of the content, as announced; -1 if it was not. */
  static long lengthOf(HttpResponse response) {
    String length = response.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length);
  }
}
