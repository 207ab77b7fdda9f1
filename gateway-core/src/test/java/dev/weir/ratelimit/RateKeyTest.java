package dev.weir.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Request;
import dev.weir.ratelimit.RateKey.Part;
import dev.weir.testing.Requests;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** N1: whose tokens a request spends. */
class RateKeyTest {

  private static final Part.Client CLIENT = new Part.Client(32, 64);

  private static String key(Part part, Request request) {
    return new RateKey(List.of(part)).of(request);
  }

  private static String of(Part.Client part, String address) {
    return key(part, Requests.from(address, "/"));
  }

  @Test
  void takesTheClientsAddressByItsPrefix() {
    assertThat(of(CLIENT, "192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(of(CLIENT, "::ffff:192.0.2.7")).isEqualTo("192.0.2.7");
    assertThat(of(CLIENT, "2001:db8:1:2:3:4:5:6"))
        .isEqualTo(of(CLIENT, "2001:DB8:1:2::ffff"))
        .isEqualTo("2001:db8:1:2::");
    assertThat(of(CLIENT, "2001:db8:1:3::1")).isNotEqualTo("2001:db8:1:2::");
    assertThat(of(new Part.Client(24, 48), "192.0.2.7")).isEqualTo("192.0.2.0");
    assertThat(of(new Part.Client(24, 48), "2001:db8:1:2::7")).isEqualTo("2001:db8:1::");
    assertThat(of(new Part.Client(32, 128), "2001:db8::7")).isEqualTo("2001:db8::7");
  }

  @Test
  void isTheSameForAllIfItHasNoParts() {
    assertThat(new RateKey(List.of()).of(Requests.get("/"))).isEmpty();
  }

  @Test
  void hidesWhatMayBeASecret() {
    Part part = new Part.ApiKey(CLIENT);
    String key = key(part, Requests.get("/", "X-API-Key", "secret"));

    assertThat(key).hasSize(23).startsWith("~").doesNotContain("secret");
    assertThat(key(part, Requests.get("/", "authorization", "secret"))).isEqualTo(key);
    assertThat(key(part, Requests.get("/", "x-api-key", "Secret"))).isNotEqualTo(key);
    assertThat(key(part, Requests.get("/"))).as("who has none").isEqualTo("203.0.113.9");
  }

  @Test
  void isShortAndHarmlessWhateverTheRequestSays() {
    Part part = new Part.Header("X-Tenant");
    assertThat(key(part, Requests.get("/", "x-tenant", "a.B-c_1:2"))).isEqualTo("a.B-c_1:2");
    assertThat(key(part, Requests.get("/"))).isEmpty();
    for (String odd : List.of("x".repeat(10_000), "a,b", "{x}", "a b", "~a", "\u00fc", "a\u212a")) {
      assertThat(key(part, Requests.get("/", "x-tenant", odd))).matches("~[A-Za-z0-9_-]{22}");
    }
    assertThat(key(part, Requests.get("/", "x-tenant", "a", "x-tenant", "b")))
        .as("two fields are one list (RFC 9110 §5.3)")
        .isEqualTo(key(part, Requests.get("/", "x-tenant", "a,b")));
  }

  @Test
  void tellsCombinationsApart() {
    RateKey both = new RateKey(List.of(new Part.Header("a"), new Part.PathParameter("id")));
    Set<String> keys = new HashSet<>();
    for (String[] values :
        new String[][] {{"x", "y"}, {"", "x,y"}, {"x,y", ""}, {"", ""}, {"x", ""}}) {
      Request request = Requests.get("/", "a", values[0]);
      keys.add(both.of(request.withPathParameters(Map.of("id", values[1]))));
    }
    assertThat(keys).hasSize(5).contains("x,y", ",", "x,");
    assertThat(key(new Part.Host(), Requests.get("/"))).isEqualTo(Requests.HOST);
  }
}
