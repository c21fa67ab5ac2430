package com.amazonaws.services.sagemaker.sparksdk.aws

import java.util.concurrent.atomic.AtomicBoolean

/** The right to use a shared client until the lease is closed. Closing it twice does nothing more. */
trait Lease[C] extends AutoCloseable {

  /** The client; it must not be closed, nor used after the lease is. */
  def client: C

  override def close(): Unit
}

/** One client for each key, shared by all who hold a lease on it, and closed some time after the last lease
  * was.
  *
  * Tasks of one executor follow each other closely: a client that is kept for a moment spares the next task
  * the connections.
  *
  * @param graceMillis how long a client without lease is kept, in milliseconds
  */
private[aws] final class LeaseCache[K, C <: AutoCloseable](graceMillis: Long) {

  private final class Entry(val key: K, val client: C) {
    var leases: Int = 0
    var uses: Long = 0
  }

  private val entries = new java.util.HashMap[K, Entry]()

  /** A lease on the key's client, which `build` makes if there is none. */
  def lease(key: K)(build: => C): Lease[C] = synchronized {
    val known = entries.get(key)
    val entry =
      if (known.isInstanceOf[AnyRef]) known
      else {
        val made = new Entry(key, build)
        entries.put(key, made)
        made
      }
    entry.leases += 1
    entry.uses += 1
    new Lease[C] {
      private val open = new AtomicBoolean(true)
      override def client: C = entry.client
      override def close(): Unit = if (open.compareAndSet(true, false)) release(entry)
    }
  }

  /** The leases that are open. */
  def openLeases: Int = synchronized {
    var sum = 0
    entries.values.forEach(entry => sum += entry.leases)
    sum
  }

  /** The clients that exist, idle ones too. */
  def clients: Int = synchronized(entries.size)

  private def release(entry: Entry): Unit = synchronized {
    entry.leases -= 1
    if (entry.leases == 0) {
      val uses = entry.uses
      Timer.later(graceMillis) { () => retire(entry, uses) }
    }
  }

  private def retire(entry: Entry, uses: Long): Unit = {
    val idle = synchronized {
      val unused = entry.leases == 0 && entry.uses == uses
      if (unused) entries.remove(entry.key)
      unused
    }
    if (idle) entry.client.close()
  }
}
