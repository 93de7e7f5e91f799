package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.config.Settings;
import io.w7s.sdk.internal.text.BaseUrl;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.signature.SigningSecrets;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an app: who calls, and where calls go. Immutable and thread-safe; a setting that
 * changes later has no effect on it.
 *
 * <p>{@link #load} and {@link Builder#load()} look for each setting in this order, and the first
 * place that has it decides:
 *
 * <ol>
 *   <li>the {@link Builder};
 *   <li>system properties;
 *   <li>environment variables, named as the platform names them in a backend;
 *   <li>the file {@code w7s.properties} in the working directory;
 *   <li>the files {@code w7s.properties} on the class path, in its order. So a test's copy in
 *       {@code src/test/resources} wins over the one in {@code src/main/resources}, and what it
 *       leaves out comes from there. Two jars with such a file are an error, because their order is
 *       an accident.
 * </ol>
 *
 * <p>Where {@code w7s.config} is set, that file is read instead of the last two. Files are in
 * UTF-8, have the keys of the system properties and no others, and at most 1 MiB.
 *
 * <p>A name that must be a mistake is an error that says which name was meant: a property or key
 * that begins with {@code w7s.} and is not in the table below, and a variable that is one or two
 * typing errors away from one in the table, abbreviates it, or lacks only the repository of a local
 * app. Other variables that begin with {@code W7S_} are ignored, because the platform may add its
 * own; so is the property {@code w7s.version}, in which builds keep the version of the SDK.
 *
 * <p>White space around a value is dropped. A value that is empty then counts as not set.
 *
 * <table>
 *   <caption>Settings</caption>
 *   <tr><th>property<th>variable<th>meaning<th>default
 *   <tr><td>{@code w7s.mode}<td>{@code W7S_MODE}<td>{@code hosted}, {@code local} or {@code memory}
 *       <td>see below
 *   <tr><td>{@code w7s.app}<td>{@code W7S_REPOSITORY}, or {@code W7S_OWNER} and {@code W7S_REPO};
 *       those that are set must agree
 *       <td>the calling app, {@code owner/repo}<td>none, it is required
 *   <tr><td>{@code w7s.environment}<td>{@code W7S_ENVIRONMENT}<td>the caller's environment
 *       <td>{@code production}
 *   <tr><td>{@code w7s.url}<td>{@code W7S_URL}<td>the platform's base URL; https, unless its host
 *       is this machine<td>{@code https://w7s.cloud}
 *   <tr><td>{@code w7s.token.rpc}<td>{@code W7S_RPC_TOKEN}<td>the token for RPC<td>none
 *   <tr><td>{@code w7s.token.queue}<td>{@code W7S_QUEUE_TOKEN}<td>the token for queues<td>none
 *   <tr><td>{@code w7s.token.workflow}<td>{@code W7S_WORKFLOW_TOKEN}<td>the token for workflows
 *       <td>none
 *   <tr><td>{@code w7s.token.events}<td>{@code W7S_EVENTS_TOKEN}<td>the token for the platform's
 *       planned events layer<td>none, it is optional
 *   <tr><td>{@code w7s.bridge.url}<td>{@code W7S_BRIDGE_URL}<td>the public URL of the app, where
 *       its bridge takes calls; https, unless its host is this machine<td>none
 *   <tr><td>{@code w7s.bridge.secret}<td>{@code W7S_BRIDGE_SECRET}<td>the secret that the bridge
 *       and this service share, see {@link SigningSecrets}<td>the published one, if the mode is set
 *       and not hosted
 *   <tr><td>{@code w7s.bridge.previous-secret}<td>{@code W7S_BRIDGE_PREVIOUS_SECRET}<td>the secret
 *       before, which is taken as well while it is changed<td>none
 *   <tr><td>{@code w7s.bridge.previous-secret-until}<td>{@code W7S_BRIDGE_PREVIOUS_SECRET_UNTIL}
 *       <td>when it ends, such as {@code 2026-12-01T12:00:00Z}<td>required with the one before
 *   <tr><td>{@code w7s.events.router}<td>{@code W7S_EVENTS_ROUTER}<td>the app, {@code owner/repo},
 *       that routes events where the platform does not<td>none
 *   <tr><td>{@code w7s.local.apps.<owner>/<repo>}<td>{@code W7S_LOCAL_<OWNER>_<REPO>_URL}, or an
 *       entry {@code <owner>/<repo>=<URL>} in {@code W7S_LOCAL_APPS}
 *       <td>where an app runs locally, http or https, such as {@code http://127.0.0.1:8791/worker}
 *       <td>none
 *   <tr><td>{@code w7s.local.manifests.<owner>/<repo>}<td>{@code W7S_LOCAL_<OWNER>_<REPO>_MANIFEST},
 *       or an entry {@code <owner>/<repo>=<path>} in {@code W7S_LOCAL_MANIFESTS}
 *       <td>the file {@code w7s.json} of an app, by its path from the working directory; locally
 *       the app is held to it
 *       <td>none
 *   <tr><td>{@code w7s.local.store}<td>{@code W7S_LOCAL_STORE}<td>the file, by its path from the
 *       working directory, that keeps what this app has sent locally until it is delivered
 *       <td>none, it is kept in memory
 *   <tr><td>{@code w7s.config}<td>{@code W7S_CONFIG}<td>the file to read instead of {@code
 *       w7s.properties}, by its path from the working directory<td>none
 * </table>
 *
 * <p>In {@code W7S_LOCAL_<OWNER>_<REPO>_URL} each character that is no letter or digit becomes
 * {@code _}, so {@code acme/my-app} and {@code acme/my_app} share a variable. {@code
 * W7S_LOCAL_APPS} and {@code W7S_LOCAL_MANIFESTS} have commas or line breaks between their entries,
 * and an entry wins over the variable of the app.
 *
 * <p>Hosted mode reaches the platform in one of two ways: through the bridge, with its URL and its
 * secret, or directly, with the tokens for RPC, queues and workflows. Where no mode is set, it is
 * hosted if the app and either of these are set, and local if neither a token nor the URL of a
 * bridge is set. Anything between the two, and both ways at once, is an error: the SDK does not
 * guess.
 *
 * <pre>{@code
 * W7sConfig config =
 *     W7sConfig.builder()
 *         .app("acme/order-api")
 *         .localApp("acme/event-router", URI.create("http://127.0.0.1:8791"))
 *         .load(); // or build(), to look at nothing else
 * }</pre>
 */
public final class W7sConfig {

  private static final URI PLATFORM = URI.create("https://w7s.cloud");

  private final Mode mode;
  private final String modeOrigin;
  private final AppId app;
  private final Environment environment;
  private final URI url;
  private final Map<Token, String> tokens;
  private final @Nullable URI bridgeUrl;
  private final @Nullable SigningSecrets bridgeSecrets;
  private final LocalApps localApps;
  private final @Nullable AppId eventRouter;
  private final @Nullable Path localStore;

  private W7sConfig(Builder explicit, Settings settings) {
    AppId caller = settings.orElse(explicit.app, Setting.APP, AppId::parse);
    tokens = TokenText.all(explicit.tokens, settings);
    bridgeUrl = settings.orElse(explicit.bridgeUrl, Setting.BRIDGE_URL, BaseUrl::ofPlatform);
    var access =
        new ModeChoice.Access(
            tokens.keySet(),
            bridgeUrl != null,
            BridgeSecrets.isSet(explicit.bridgeSecrets, settings));
    ModeChoice choice = ModeChoice.of(explicit.mode, settings, caller, access);
    mode = choice.mode();
    modeOrigin = choice.origin();
    if (caller == null) {
      throw new ConfigurationException(
          "No app: set %s to the owner/repo of the app that calls.".formatted(Setting.APP));
    }
    app = caller;
    environment =
        orDefault(
            Environment.PRODUCTION,
            settings.orElse(explicit.environment, Setting.ENVIRONMENT, Environment::of));
    url = orDefault(PLATFORM, settings.orElse(explicit.url, Setting.URL, BaseUrl::ofPlatform));
    bridgeSecrets = BridgeSecrets.of(explicit.bridgeSecrets, settings, choice);
    localApps = LocalApps.of(explicit.localUrls, explicit.localManifests, settings);
    eventRouter = settings.orElse(explicit.eventRouter, Setting.EVENT_ROUTER, AppId::parse);
    localStore = settings.orElse(explicit.localStore, Setting.LOCAL_STORE, W7sConfig::file);
  }

  private static Path file(String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException noPath) {
      throw new InvalidInputException("file", Names.quoted(path), "the path of a file");
    }
  }

  /**
   * Returns the settings in properties, variables and files.
   *
   * @throws ConfigurationException when a setting is missing, wrong or unknown; it names the
   *     setting and where it was found
   */
  public static W7sConfig load() {
    return builder().load();
  }

  /** Returns a builder with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns where calls go. */
  public Mode mode() {
    return mode;
  }

  /** Returns where the mode was found, or from what it was derived, as text for a reader. */
  public String modeOrigin() {
    return modeOrigin;
  }

  /** Returns the app that calls. */
  public AppId app() {
    return app;
  }

  /** Returns the caller's environment, which its calls stay in. */
  public Environment environment() {
    return environment;
  }

  /** Returns the platform's base URL, without a slash at its end. */
  public URI url() {
    return url;
  }

  /**
   * Returns a token, which is a secret; empty when it is not set. In hosted mode those for RPC,
   * queues and workflows are set if there is no bridge, and none is if there is one.
   */
  public Optional<String> token(Token kind) {
    return Optional.ofNullable(tokens.get(kind));
  }

  /**
   * Returns the public URL of the app, where its bridge takes calls, without a slash at its end;
   * empty when that is not set.
   */
  public Optional<URI> bridgeUrl() {
    return Optional.ofNullable(bridgeUrl);
  }

  /**
   * Returns the secrets that the bridge and this service share. Where none is set, it is the
   * published one of local development, but only if the mode was set, and not to hosted; otherwise
   * empty. A mode that was merely derived is not enough: a deployed service that has lost its
   * settings must not take what anybody can sign.
   */
  public Optional<SigningSecrets> bridgeSecrets() {
    return Optional.ofNullable(bridgeSecrets);
  }

  /** Returns where an app runs locally, without a slash at its end; empty when that is not set. */
  public Optional<URI> localUrl(AppId app) {
    return localApps.urls().find(app);
  }

  /** Returns the manifest of an app, read when this was made; empty when it is not set. */
  public Optional<Manifest> localManifest(AppId app) {
    return localApps.manifests().find(app);
  }

  /**
   * Returns all manifests that are set.
   *
   * @throws ConfigurationException when the name of a variable such as {@code
   *     W7S_LOCAL_ACME_MY_APP_MANIFEST} can be read in more than one way, and no other setting
   *     names the app
   */
  public Map<AppId, Manifest> localManifests() {
    return localApps.manifestsOfAll(app);
  }

  /** Returns the app that routes events where the platform does not; empty when none is set. */
  public Optional<AppId> eventRouter() {
    return Optional.ofNullable(eventRouter);
  }

  /**
   * Returns the file that keeps what this app has sent locally until it is delivered; empty when
   * memory keeps it.
   */
  public Optional<Path> localStore() {
    return Optional.ofNullable(localStore);
  }

  /** Returns the settings, but of the tokens only which are set. */
  @Override
  public String toString() {
    return """
    W7sConfig[mode=%s (%s), app=%s, environment=%s, url=%s, tokens=%s, bridgeUrl=%s, \
    bridgeSecrets=%s, localApps=%s, localManifests=%s, eventRouter=%s, localStore=%s]\
    """
        .formatted(
            mode.word(),
            modeOrigin,
            app,
            environment,
            url,
            TokenText.shown(tokens),
            bridgeUrl == null ? "not set" : bridgeUrl,
            bridgeSecrets == null ? "not set" : bridgeSecrets,
            localApps.urls(),
            localApps.manifests().names(),
            eventRouter == null ? "not set" : eventRouter,
            localStore == null ? "not set" : SafeText.of(localStore.toString()));
  }

  private static <T> T orDefault(T fallback, @Nullable T value) {
    return value == null ? fallback : value;
  }

  /** Where calls go. */
  public enum Mode {
    /** To the platform. */
    HOSTED,
    /** To other apps on this machine or network, over HTTP. */
    LOCAL,
    /** To apps in the same JVM, under a virtual clock. */
    MEMORY;

    /** Returns the name as settings have it: {@code hosted}, {@code local} or {@code memory}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Mode parse(String word) {
      return Arrays.stream(values())
          .filter(mode -> mode.word().equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new InvalidInputException("mode", Names.quoted(word), "hosted, local or memory"));
    }
  }

  /** What a token is for. The platform refuses a token of another kind. */
  public enum Token {
    /** RPC. */
    RPC(Setting.RPC_TOKEN, true),
    /** Sends to queues. */
    QUEUE(Setting.QUEUE_TOKEN, true),
    /** Starts and states of workflows. */
    WORKFLOW(Setting.WORKFLOW_TOKEN, true),
    /** Events, once the platform routes them. */
    EVENTS(Setting.EVENTS_TOKEN, false);

    private final Setting setting;
    private final boolean required;

    Token(Setting setting, boolean required) {
      this.setting = setting;
      this.required = required;
    }

    /** Returns the property that holds the token, such as {@code w7s.token.rpc}. */
    public String property() {
      return setting.property();
    }

    /** Returns the variable that holds the token, such as {@code W7S_RPC_TOKEN}. */
    public String variable() {
      return setting.variable();
    }

    boolean required() {
      return required;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    Setting setting() {
      return setting;
    }
  }

  /**
   * Settings made in code. Not thread-safe. A wrong argument is refused at once with an {@link
   * InvalidInputException}. Of two values for the same setting the later one holds.
   */
  public static final class Builder {

    private @Nullable Mode mode;
    private @Nullable AppId app;
    private @Nullable Environment environment;
    private @Nullable URI url;
    private final Map<Token, String> tokens = new EnumMap<>(Token.class);
    private @Nullable URI bridgeUrl;
    private @Nullable SigningSecrets bridgeSecrets;
    private final Map<AppId, URI> localUrls = new LinkedHashMap<>();
    private final Map<AppId, Manifest> localManifests = new LinkedHashMap<>();
    private @Nullable AppId eventRouter;
    private @Nullable Path localStore;

    private Builder() {}

    /** Sets where calls go. */
    public Builder mode(Mode mode) {
      this.mode = requireNonNull(mode, "mode");
      return this;
    }

    /** Sets the app that calls. */
    public Builder app(AppId app) {
      this.app = requireNonNull(app, "app");
      return this;
    }

    /** Sets the app that calls, such as {@code acme/worker}. */
    public Builder app(String ownerAndRepo) {
      return app(AppId.parse(ownerAndRepo));
    }

    /** Sets the caller's environment. */
    public Builder environment(Environment environment) {
      this.environment = requireNonNull(environment, "environment");
      return this;
    }

    /** Sets the platform's base URL: https, or http to this machine. */
    public Builder url(URI url) {
      this.url = BaseUrl.ofPlatform(requireNonNull(url, "url"));
      return this;
    }

    /** Sets a token. */
    public Builder token(Token kind, String token) {
      tokens.put(
          requireNonNull(kind, "kind"), TokenText.checked(kind, requireNonNull(token, "token")));
      return this;
    }

    /**
     * Sets the public URL of the app, where its bridge takes calls: https, or http to this machine.
     */
    public Builder bridgeUrl(URI url) {
      this.bridgeUrl = BaseUrl.ofPlatform(requireNonNull(url, "url"));
      return this;
    }

    /** Sets the secrets that the bridge and this service share. */
    public Builder bridgeSecrets(SigningSecrets secrets) {
      this.bridgeSecrets = requireNonNull(secrets, "secrets");
      return this;
    }

    /** Sets where an app runs locally: http or https, without user info, query and fragment. */
    public Builder localApp(AppId app, URI url) {
      localUrls.put(requireNonNull(app, "app"), BaseUrl.ofLocalApp(requireNonNull(url, "url")));
      return this;
    }

    /** As {@link #localApp(AppId, URI)}, for an app such as {@code acme/worker}. */
    public Builder localApp(String ownerAndRepo, URI url) {
      return localApp(AppId.parse(ownerAndRepo), url);
    }

    /** Sets the manifest of an app, which the app is held to locally. */
    public Builder localManifest(AppId app, Manifest manifest) {
      localManifests.put(requireNonNull(app, "app"), requireNonNull(manifest, "manifest"));
      return this;
    }

    /** As {@link #localManifest(AppId, Manifest)}, for an app such as {@code acme/worker}. */
    public Builder localManifest(String ownerAndRepo, Manifest manifest) {
      return localManifest(AppId.parse(ownerAndRepo), manifest);
    }

    /** Sets the app that routes events where the platform does not. */
    public Builder eventRouter(AppId app) {
      this.eventRouter = requireNonNull(app, "app");
      return this;
    }

    /** Sets the app that routes events where the platform does not, such as {@code acme/router}. */
    public Builder eventRouter(String ownerAndRepo) {
      return eventRouter(AppId.parse(ownerAndRepo));
    }

    /**
     * Sets the file that keeps what this app has sent locally until it is delivered, so that a
     * closed or killed process loses nothing. Needs {@code io.w7s:w7s-sdk-store}.
     */
    public Builder localStore(Path file) {
      this.localStore = requireNonNull(file, "file");
      return this;
    }

    /**
     * Returns these settings alone. Properties, variables and files have no effect.
     *
     * @throws ConfigurationException when a setting is missing
     */
    public W7sConfig build() {
      return load(Settings.none());
    }

    /**
     * Returns these settings, completed by properties, variables and files.
     *
     * @throws ConfigurationException when a setting is missing, wrong or unknown; it names the
     *     setting and where it was found
     */
    public W7sConfig load() {
      return load(Settings.ofProcess());
    }

    /**
     * Returns these settings, completed by properties and then by variables, for a framework that
     * has its own places for both. The properties and variables of the process, and files, have no
     * effect.
     *
     * @param properties the properties of the table of {@link W7sConfig}, and no others that begin
     *     with {@code w7s.}
     * @param variables the variables of that table; others are ignored
     * @throws ConfigurationException when a setting is missing, wrong or unknown; it names the
     *     setting
     */
    public W7sConfig load(Map<String, String> properties, Map<String, String> variables) {
      return load(
          Settings.of(
              requireNonNull(properties, "properties"), requireNonNull(variables, "variables")));
    }

    W7sConfig load(Settings around) {
      return new W7sConfig(this, around);
    }
  }
}
