package bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Sees the most that the heap holds right after a collection, from when it is made until it is stopped. */
public final class HeapWatch implements NotificationListener {
  private final AtomicLong most = new AtomicLong();

  public HeapWatch() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
      ((NotificationEmitter) collector).addNotificationListener(this, null, null);
  }

  @Override
  public void handleNotification(Notification notification, Object ignored) {
    if (!notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) return;
    long used = 0;
    CompositeData data = (CompositeData) notification.getUserData();
    for (java.util.Map.Entry<String, MemoryUsage> pool
        : GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc().entrySet())
      if (isHeap(pool.getKey())) used += pool.getValue().getUsed();
    most.accumulateAndGet(used, Math::max);
  }

  private static boolean isHeap(String pool) {
    return pool.contains("Eden") || pool.contains("Survivor") || pool.contains("Old") || pool.contains("Tenured");
  }

  /** In MiB; 0 when nothing was collected. */
  public long stop() throws ListenerNotFoundException {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans())
      ((NotificationEmitter) collector).removeNotificationListener(this);
    return most.get() >> 20;
  }
}
