/** Certificates and keys: from files to what TLS needs, again whenever the files change. */
@NullMarked
@CheckReturnValue
package dev.weir.app.tls;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
