package dev.weir.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class DrippingClientsTest {

  @Test
  void aHeadIsLeftUntilTheServerCutsItOff() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        DrippingClients clients =
            new DrippingClients("http://127.0.0.1:" + server.getLocalPort())) {
      clients.slowHeads(2);
      try (Socket kept = server.accept()) {
        server.accept().close();
        clients.drip();

        while (clients.slowHeadsLeft() > 1) {
          Thread.onSpinWait();
        }
        assertThat(clients.slowHeadsLeft()).isEqualTo(1);
        assertThat(new String(kept.getInputStream().readNBytes(16)))
            .isEqualTo("GET / HTTP/1.1\r\n");
      }
    }
  }
}
