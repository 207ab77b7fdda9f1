package dev.weir.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/**
 * The methods that are registered with IANA (RFC 9110 §16.1), but for PRI, which is no method.
 *
 * <p>Names are case-sensitive (RFC 9110 §9.1), and there are servers that don't know: one takes
 * {@code get} for GET, behind a rule about GET. So a name that is not in this list passes only
 * where a route says that it does.
 */
public final class Methods {

  private static final Set<String> REGISTERED =
      Set.of(
          ("ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK"
                  + " MERGE MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS"
                  + " ORDERPATCH PATCH POST PROPFIND PROPPATCH PUT QUERY REBIND REPORT SEARCH TRACE"
                  + " UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL")
              .split(" ", -1));

  private Methods() {}

  public static boolean isRegistered(HttpMethod method) {
    return REGISTERED.contains(method.name());
  }
}
