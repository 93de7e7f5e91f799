package io.w7s.sdk.workflow;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.CallSettings;
import io.w7s.sdk.internal.text.Names;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a signal. */
public final class SignalOptions extends CallSettings<SignalOptions> {

  private @Nullable String id;

  /** Starts from defaults, with an id that the SDK makes. The client calls this. */
  public SignalOptions(CallOptions defaults) {
    super(defaults);
  }

  /**
   * Sets the id of the event, by which the run tells that it has it already: of all events of one
   * name and one id, a run takes the first. Set it where your own code may signal twice, for
   * example to the id of a payment. Default: a random id, so that only the retries of one call are
   * one event.
   *
   * @param id 1 to 255 characters, not blank, without control characters and unpaired surrogates
   * @throws io.w7s.sdk.error.InvalidInputException when it breaks that rule
   */
  public SignalOptions id(String id) {
    this.id = Names.runEventId("id of a run's event", requireNonNull(id, "id"));
    return this;
  }

  /** Returns the id of the event; empty when the SDK makes one. */
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }
}
