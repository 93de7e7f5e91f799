package io.w7s.consumer

import io.w7s.sdk.AppRef
import io.w7s.sdk.TypeRef
import io.w7s.sdk.app.W7sApp
import io.w7s.sdk.error.CodecException
import io.w7s.sdk.event.SubjectRef
import io.w7s.sdk.json.JacksonCodec
import io.w7s.sdk.json.JsonCodec
import io.w7s.sdk.testing.InMemoryW7s
import java.time.Duration
import tools.jackson.module.kotlin.jacksonMapperBuilder

/** Has a parameter that must be there, some with defaults, and one that may be null. */
data class Job(
    val to: String,
    val attempts: Int = 3,
    val tags: List<String> = listOf("new"),
    val note: String? = null,
)

data class Pong(val app: String, val load: Double = 0.5)

private val WORKER = AppRef.of("acme/worker")
private val JOBS = WORKER.queue("jobs", Job::class.java)
private val TICKS = WORKER.queue("ticks", Void::class.java)
private val OPENED = SubjectRef.of("shop.opened", Void::class.java)
private val NIGHTLY = WORKER.workflow("nightly", Void::class.java, Pong::class.java)
private val PING = WORKER.get("/ping", Pong::class.java)
private val FIND = WORKER.get("/jobs/{to}", Job::class.java)
private val ADD = WORKER.post("/jobs", object : TypeRef<List<Job>>() {}, TypeRef.of(Void::class.java))

private val handled = mutableListOf<String>()

private fun worker(codec: JsonCodec): W7sApp =
    W7sApp.builder(WORKER)
        .codec(codec)
        .on(JOBS) { message ->
          val job = message.body() ?: return@on // null where a sender sends JSON null
          handled += "job $job"
        }
        .on(TICKS) { message -> handled += "tick ${message.body()}" }
        .on(OPENED, "events") { event -> handled += "event ${event.data()}" }
        .on(NIGHTLY) { run -> Pong("nightly ${run.payload()}") }
        .on(PING) { Pong("worker") }
        .on(FIND) { request -> if (request.variable("to") == "ann") Job("ann", note = "found") else null }
        .on(ADD) { request ->
          handled += "add ${request.body().orEmpty().map { it.to }}"
          null
        }
        .build()

/** Fails where the SDK does not do for Kotlin what it does for Java. */
fun main() {
  val codec = JacksonCodec.of(jacksonMapperBuilder().build())
  val w7s = InMemoryW7s.builder().codec(codec).build()
  w7s.deploy(worker(codec))
  val shop = w7s.`as`("acme/shop")

  defaultsOfDataClasses(codec)
  shop.queues().send(JOBS, Job("ann", tags = emptyList()))
  shop.queues().send(TICKS)
  shop.events().publish(OPENED)
  w7s.runUntilIdle()
  expect(
      listOf("job Job(to=ann, attempts=3, tags=[], note=null)", "tick null", "event null"),
      handled.sortedBy { listOf("job", "tick", "event").indexOf(it.substringBefore(' ')) })

  val nightly: Pong? = shop.workflows().start(NIGHTLY).await(Duration.ofMinutes(1))
  expect(Pong("nightly null"), nightly)

  val pong: Pong = shop.rpc().call(PING) ?: error("a ping is answered")
  expect(Pong("worker", 0.5), pong)
  expect("found", shop.rpc().call(FIND, null) { it.variable("to", "ann") }?.note)
  expect(null, shop.rpc().call(FIND, null) { it.variable("to", "bob") })
  shop.rpc().call(ADD, listOf(Job("bea"), Job("cid")))
  expect("add [bea, cid]", handled.last())

  failuresSayWhy(codec)
  println("handled ${handled.size} calls from Kotlin")
}

private fun defaultsOfDataClasses(codec: JsonCodec) {
  fun read(json: String) = codec.decode(json.toByteArray(), JOBS.type())
  expect(Job("ann"), read("""{"to":"ann"}"""))
  expect(Job("ann", 3, listOf("a"), "x"), read("""{"to":"ann","tags":["a"],"note":"x"}"""))
  expect(Job("ann"), read(String(codec.encode(Job("ann"), JOBS.type()))))
}

private fun failuresSayWhy(codec: JsonCodec) {
  expectFailure<CodecException>("creator parameter to which is a non-nullable type") {
    codec.decode("""{"attempts":1}""".toByteArray(), JOBS.type())
  }
  expectFailure<CodecException>("creator parameter to which is a non-nullable type") {
    codec.decode("""{"to":null,"note":"hunter2"}""".toByteArray(), JOBS.type())
  }
  // Without the Kotlin module the defaults are not used, and the failure says what is missing.
  expectFailure<CodecException>("Job") {
    JacksonCodec.create().decode("""{"to":"ann"}""".toByteArray(), JOBS.type())
  }
}

private fun expect(expected: Any?, actual: Any?) {
  check(expected == actual) { "expected $expected, got $actual" }
}

private inline fun <reified E : Exception> expectFailure(words: String, call: () -> Any?) {
  try {
    call()
  } catch (e: Exception) {
    val message = e.message.orEmpty()
    check(e is E && words in message && "hunter2" !in message) { "$e" }
    println(message)
    return
  }
  error("no ${E::class.simpleName}")
}
