package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/**
 * Changes to header fields that a route asks for; removed first, then set, then added.
 *
 * @param remove names
 * @param set replaces all fields of the name
 * @param add leaves the fields of the name that there are
 */
public record HeaderEdits(List<String> remove, Map<String, String> set, Map<String, String> add) {

  public static final HeaderEdits NONE = new HeaderEdits(List.of(), Map.of(), Map.of());

  public HeaderEdits {
    remove = List.copyOf(remove);
    set = Map.copyOf(set);
    add = Map.copyOf(add);
  }

  public void applyTo(HttpHeaders headers) {
    remove.forEach(headers::remove);
    set.forEach(headers::set);
    add.forEach(headers::add);
  }
}
