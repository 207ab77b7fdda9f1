package dev.weir.upstream;

import dev.weir.loop.EventLoops;

final class ReactorNettyConnectorTest extends ConnectorContract {

  @Override
  Connector connector(EventLoops loops, ConnectionPolicy policy) {
    return new ReactorNettyConnector("test", loops, policy, silent());
  }
}
