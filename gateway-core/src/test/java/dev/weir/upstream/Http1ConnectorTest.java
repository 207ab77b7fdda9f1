package dev.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.loop.EventLoops;
import dev.weir.testing.Requests;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Http1ConnectorTest extends ConnectorContract {

  @Override
  Connector connector(EventLoops loops, ConnectionPolicy policy) {
    return new Http1Connector("test", loops, policy, EndpointTls.none(), silent());
  }

  /** The first connector could not see the version. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/0.9", "HTTP/2.0", "HTTP/3.1"})
  void refusesAnotherVersion(String version) {
    upstream.on("/other", raw(version + " 200 OK\r\nContent-Length: 0\r\n\r\n"));

    assertThat(failureOf(Requests.get("/other"))).isEqualTo(Failure.UPSTREAM_INVALID);
  }
}
