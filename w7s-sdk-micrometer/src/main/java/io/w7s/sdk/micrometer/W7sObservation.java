package io.w7s.sdk.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

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
    OPERATION("w7s.operation"),
    /** What is called, without ids: {@code acme/shop/orders/{orderId}}. */
    TARGET("w7s.target"),
    /** What the call ended with. */
    OUTCOME("w7s.outcome");

    private final String key;

    SendKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /** The keys of calls that may have any number of values: for traces alone. */
  public enum SendDetail implements KeyName {
    /** What is called, with ids: {@code acme/shop/orders/42}. Of RPC and of the status of a run. */
    FULL_TARGET("w7s.target.full"),
    /** How many attempts were made; present once the call has ended. */
    ATTEMPTS("w7s.attempts");

    private final String key;

    SendDetail(String key) {
      this.key = key;
    }

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
    KIND("w7s.kind"),
    /** The name of what is handled, from the app's declarations: {@code jobs}. */
    HANDLER("w7s.handler"),
    /** What the handler ended with. */
    OUTCOME("w7s.outcome");

    private final String key;

    ProcessKey(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /** The keys of handlers that may have any number of values: for traces alone. */
  public enum ProcessDetail implements KeyName {
    /** The id of the message, also of one that carries an event. */
    MESSAGE_ID("w7s.message.id"),
    /** The number of the message's delivery, from 1. */
    ATTEMPT("w7s.attempt"),
    /** The subject of an event. It may come from outside. */
    SUBJECT("w7s.subject"),
    /** How many messages the batch has, for the handler of a batch. */
    BATCH_SIZE("w7s.batch.size"),
    /** The instance of a workflow. */
    INSTANCE("w7s.instance");

    private final String key;

    ProcessDetail(String key) {
      this.key = key;
    }

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
