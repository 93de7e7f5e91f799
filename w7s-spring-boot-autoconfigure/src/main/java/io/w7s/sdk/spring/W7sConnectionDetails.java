package io.w7s.sdk.spring;

import io.w7s.sdk.W7sConfig;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the platform is and how the application authenticates to it, found out by code: by a
 * container that a test has started, or a secret store. A bean of this type beats the properties of
 * the settings that it sets; the others keep theirs. In mode {@code memory} there is nothing to
 * connect to, and it is not asked; so the app and the environment belong in properties.
 *
 * <pre>{@code
 * @Bean
 * W7sConnectionDetails platform(Vault vault) {
 *   return config -> config.bridgeSecrets(SigningSecrets.of(vault.read("w7s")));
 * }
 * }</pre>
 */
@FunctionalInterface
public interface W7sConnectionDetails extends ConnectionDetails {

  /** Sets what is known. */
  void configure(W7sConfig.Builder config);
}
