package io.w7s.sdk.manifest;

import io.w7s.sdk.internal.text.Names;

/** The parts of a manifest that are plain lists of names. */
enum NameList {
  VARS("", "vars"),
  SECRETS("", "secrets"),
  RPC_ALLOW("rpc", "allow"),
  QUEUE_ALLOW("queue", "allow"),
  WORKFLOW_ALLOW("workflow", "allow"),
  EVENTS_PUBLISH("events", "publish"),
  EVENTS_ALLOW("events", "allow");

  private final String section;
  private final String key;

  NameList(String section, String key) {
    this.section = section;
    this.key = key;
  }

  /** The key of the object that holds the list; empty for the manifest itself. */
  String section() {
    return section;
  }

  String key() {
    return key;
  }

  String path() {
    return section.isEmpty() ? "$." + key : "$." + section + "." + key;
  }

  /** Whether a repeated name is an error; in its own lists the platform accepts it. */
  boolean unique() {
    return this == EVENTS_PUBLISH;
  }

  String normalised(String field, String name) {
    return switch (this) {
      case VARS, SECRETS -> Names.variable(field, name);
      case RPC_ALLOW, QUEUE_ALLOW, WORKFLOW_ALLOW, EVENTS_ALLOW -> Names.allowed(field, name);
      case EVENTS_PUBLISH -> Names.subject(field, name);
    };
  }
}
