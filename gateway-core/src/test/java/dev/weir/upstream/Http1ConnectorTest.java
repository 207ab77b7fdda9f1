package dev.weir.upstream;

import dev.weir.loop.EventLoops;

final class Http1ConnectorTest extends ConnectorContract {

  @Override
  Connector connector(EventLoops loops, ConnectionPolicy policy) {
    return new Http1Connector("test", loops, policy, silent());
  }
}
