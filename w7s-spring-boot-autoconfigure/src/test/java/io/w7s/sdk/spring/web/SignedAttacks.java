package io.w7s.sdk.spring.web;

import io.w7s.sdk.fixtures.SignedWorker;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.contract.SignedServiceContract;
import java.net.URI;
import org.junit.jupiter.api.BeforeEach;

/** Attacks on a signed app in the server of a Spring application. */
abstract class SignedAttacks extends SignedServiceContract {

  private final SigningSecrets secrets = SigningSecrets.of(SigningSecrets.generate());
  private final SignedWorker worker = new SignedWorker();

  abstract Server server();

  @BeforeEach
  void serve() {
    server().serve(worker.service(secrets));
  }

  @Override
  protected URI url() {
    return server().url();
  }

  @Override
  protected SigningSecrets secrets() {
    return secrets;
  }

  @Override
  protected String queue() {
    return SignedWorker.QUEUE;
  }

  @Override
  protected long reached() {
    return worker.reached();
  }
}
