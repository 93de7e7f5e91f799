package io.w7s.sdk.deploy;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes a secret for the bridge and the service, without the SDK on the class path. */
final class NewSecret {

  private static final int BYTES = 32;

  private NewSecret() {}

  static String make() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }
}
