package io.w7s.sdk.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;
import java.util.Locale;

/** The observations, with the keys that the default conventions give them. */
public enum W7sObservation implements ObservationDocumentation {

  /** A call, from its start to its result or exception. */
  SEND("w7s.send", DefaultSendConvention.class) {
    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return SendKey.values();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return SendDetail.values();
    }

    @Override
    public Observation.Event[] getEvents() {
      return SendEvent.values();
    }
  },

  /** A handler, from its call to its return. */
  PROCESS("w7s.process", DefaultProcessConvention.class) {
    @Override
    public KeyName[] getLowCardinalityKeyNames() {
      return ProcessKey.values();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return ProcessDetail.values();
    }
  };

  private final String name;
  private final Class<? extends ObservationConvention<? extends Observation.Context>> convention;

  W7sObservation(
      String name,
      Class<? extends ObservationConvention<? extends Observation.Context>> convention) {
    this.name = name;
    this.convention = convention;
  }

  /** Returns the text of a key, which its name follows. */
  private static String key(Enum<?> key) {
    return "w7s." + key.name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public Class<? extends ObservationConvention<? extends Observation.Context>>
      getDefaultConvention() {
    return convention;
  }

  @Override
  public String getPrefix() {
    return "w7s";
  }

  /** The keys of calls, of which each has few values. */
  public enum SendKey implements KeyName {
    /** The operation: {@code RPC GET}, {@code queue send}. */
    OPERATION,
    /** What is called, without ids: {@code acme/shop/orders/{orderId}}. */
    TARGET,
    /** What the call ended with. */
    OUTCOME;

    private final String key = key(this);

    @Override
    public String asString() {
      return key;
    }
  }

  /** The keys of calls that may have any number of values: for traces alone. */
  public enum SendDetail implements KeyName {
    /** What is called, with ids: {@code acme/shop/orders/42}. Of RPC and of the status of a run. */
    TARGET_FULL,
    /** How many attempts were made; present once the call has ended. */
    ATTEMPTS;

    private final String key = key(this);

    @Override
    public String asString() {
      return key;
    }

    @Override
    public boolean isRequired() {
      return false;
    }
  }

  /** What happens in the course of a call. */
  public enum SendEvent implements Observation.Event {
    /** An attempt failed, and another one follows. */
    RETRY("retry"),
    /** An attempt would exceed the rate limit of the platform. */
    THROTTLED("throttled");

    private final String name;

    SendEvent(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }
  }

  /** The keys of handlers, of which each has few values. */
  public enum ProcessKey implements KeyName {
    /**
     * What is handled: {@code queue}, {@code event}, {@code workflow}, {@code schedule}, {@code
     * rpc}.
     */
    KIND,
    /** The name of what is handled, from the app's declarations: {@code jobs}. */
    HANDLER,
    /** What the handler ended with. */
    OUTCOME;

    private final String key = key(this);

    @Override
    public String asString() {
      return key;
    }
  }

  /** The keys of handlers that may have any number of values: for traces alone. */
  public enum ProcessDetail implements KeyName {
    /** The id of the message, also of one that carries an event. */
    MESSAGE_ID,
    /** The number of the message's delivery, from 1. */
    ATTEMPT,
    /** The subject of an event. It may come from outside. */
    SUBJECT,
    /** How many messages the batch has, for the handler of a batch. */
    BATCH_SIZE,
    /** The instance of a workflow. */
    INSTANCE;

    private final String key = key(this);

    @Override
    public String asString() {
      return key;
    }

    @Override
    public boolean isRequired() {
      return false;
    }
  }
}
