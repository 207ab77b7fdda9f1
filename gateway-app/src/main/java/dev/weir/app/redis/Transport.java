package dev.weir.app.redis;

import dev.weir.loop.EventLoops;
import io.netty.channel.Channel;

/**
 * Makes Lettuce use the kind of sockets that the event loops can drive. It takes epoll where that
 * can be had, and can be told otherwise only by properties that it reads when its first class is
 * loaded.
 */
final class Transport {

  private Transport() {}

  static void matchTo(EventLoops loops) {
    Channel sample = loops.newSocket(loops.all().get(0));
    String kind = sample.getClass().getSimpleName();
    sample.unsafe().closeForcibly();
    if (!kind.startsWith("Epoll")) {
      System.setProperty("io.lettuce.core.epoll", "false");
    }
    if (!kind.startsWith("IoUring")) {
      System.setProperty("io.lettuce.core.iouring", "false");
    }
  }
}
