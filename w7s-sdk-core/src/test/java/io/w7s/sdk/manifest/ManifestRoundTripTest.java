package io.w7s.sdk.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.internal.json.JsonValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ManifestRoundTripTest {

  private static final Set<String> KNOWN =
      Set.of("name", "consumer", "path", "cron", "subject", "queue", "binding", "allow");

  @Property(tries = 200)
  void aManifestIsReadBackAsItWasWritten(@ForAll("manifests") Map<String, Object> json) {
    Manifest manifest = Manifest.parse(JsonValues.write(json));
    Manifest again = Manifest.parse(manifest.toJson());

    assertThat(again).isEqualTo(manifest).hasSameHashCodeAs(manifest);
    assertThat(again.toJson()).isEqualTo(manifest.toJson());
    assertThat(again.normalizedJson()).isEqualTo(manifest.normalizedJson());
    assertThat(again.differences(manifest)).isEmpty();
  }

  @Provide
  Arbitrary<Map<String, Object>> manifests() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars("A09._-")
            .ofMaxLength(5)
            .map(tail -> "q" + tail);
    Arbitrary<List<Object>> queues =
        entry("name", names).list().ofMaxSize(4).uniqueElements(ManifestRoundTripTest::name);
    Arbitrary<List<Object>> kv =
        entry("binding", names.map(name -> name.replaceAll("[.-]", "_"))).list().ofMaxSize(3);
    Arbitrary<List<String>> allow = names.list().ofMaxSize(3);
    return Combinators.combine(queues, queues, kv, allow, unknownKeys(), unknownKeys())
        .as(
            (queue, workflow, bindings, allowed, unknown, inside) -> {
              var events = new LinkedHashMap<String, Object>(inside);
              events.put(
                  "subscribe",
                  queue.stream()
                      .map(entry -> Map.of("subject", "x.y", "queue", name(entry), "k", inside))
                      .toList());
              var all = new LinkedHashMap<String, Object>(unknown);
              all.put("queues", queue);
              all.put("workflows", workflow);
              all.put("bindings", Map.of("kv", bindings, "other", inside));
              all.put("rpc", Map.of("allow", allowed));
              all.put("events", events);
              return all;
            });
  }

  private static Arbitrary<Object> entry(String key, Arbitrary<String> names) {
    Arbitrary<Object> objects =
        Combinators.combine(names, unknownKeys())
            .as(
                (name, unknown) -> {
                  var entry = new LinkedHashMap<String, Object>(unknown);
                  entry.put(key, name);
                  return entry;
                });
    return Arbitraries.oneOf(names.map(name -> (Object) name), objects);
  }

  private static Object name(Object entry) {
    Object name = entry instanceof Map<?, ?> object ? object.get("name") : entry;
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private static Arbitrary<Map<String, Object>> unknownKeys() {
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            Arbitraries.strings().map(text -> (Object) text),
            Arbitraries.longs().map(number -> (Object) number),
            Arbitraries.bigDecimals().map(number -> (Object) number),
            Arbitraries.of(true, false).map(flag -> (Object) flag),
            Arbitraries.strings().list().ofMaxSize(2).map(list -> (Object) list));
    Arbitrary<String> keys =
        Arbitraries.strings().ofMaxLength(6).filter(key -> !KNOWN.contains(key));
    return Arbitraries.maps(keys, values).ofMaxSize(3);
  }
}
