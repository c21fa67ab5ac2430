package com.amazonaws.services.sagemaker.sparksdk.staging

import java.net.URLDecoder
import java.util.concurrent.ConcurrentSkipListMap
import java.util.concurrent.atomic.AtomicInteger

import scala.collection.JavaConverters._
import scala.collection.concurrent.TrieMap

import com.amazonaws.services.sagemaker.sparksdk.StubServer
import com.sun.net.httpserver.HttpExchange

/** The few operations of S3 that staging uses, on loopback, with faults that a test asks for. */
class StubS3 extends StubServer(threads = 8) {
  import StubS3.Upload

  val objects = new ConcurrentSkipListMap[String, Array[Byte]]()
  val uploads = TrieMap.empty[String, Upload]
  val requests = new java.util.concurrent.ConcurrentLinkedQueue[String]()

  /** The requests that write and that named a checksum or its algorithm: method and key. */
  val checksummed = new java.util.concurrent.ConcurrentLinkedQueue[String]()

  /** Whether the answers to parts have an ETag. */
  @volatile var tagsParts = true

  /** How many keys are answered with "SlowDown" when they are to be deleted. */
  @volatile var busyDeletions = 0

  /** Says which requests are refused, and with which error: method and key in, code out. */
  @volatile var refuse: (String, String) => Option[String] = (_, _) => None

  private val ids = new AtomicInteger()

  def keys: Seq[String] = objects.keySet.asScala.toList

  def bytes(key: String): Array[Byte] = objects.get(key)

  override protected def serve(exchange: HttpExchange, body: Array[Byte]): Unit = {
    val path =
      URLDecoder.decode(exchange.getRequestURI.getRawPath.replace("+", "%2B"), "UTF-8").stripPrefix("/")
    val key = path.dropWhile(_ != '/').drop(1)
    val query = Option(exchange.getRequestURI.getRawQuery)
      .getOrElse("")
      .split('&')
      .filter(_.nonEmpty)
      .map { pair =>
        val at = pair.indexOf('=')
        if (at < 0) pair -> "" else pair.take(at) -> URLDecoder.decode(pair.drop(at + 1), "UTF-8")
      }
      .toMap
    val what = s"${exchange.getRequestMethod} ${query.keySet.intersect(StubS3.Verbs).mkString}"
    requests.add(s"$what $key")
    try {
      val (status, answer) = refuse(what, key) match {
        case Some(code) => (403, s"<Error><Code>$code</Code><Message>refused by the test</Message></Error>")
        case None if !isIntact(exchange, what.trim, key, body) =>
          (400, "<Error><Code>BadDigest</Code></Error>")
        case None => answerTo(exchange, what.trim, key, query, body)
      }
      val text = answer.getBytes("UTF-8")
      exchange.sendResponseHeaders(status, if (text.isEmpty) -1 else text.length.toLong)
      if (text.nonEmpty) exchange.getResponseBody.write(text)
    } finally exchange.close()
  }

  /** Whether a body has the CRC32 that the request names, if it names one; the answer names it too then. */
  private def isIntact(exchange: HttpExchange, what: String, key: String, body: Array[Byte]): Boolean = {
    val headers = exchange.getRequestHeaders
    val crc = Option(headers.getFirst("x-amz-checksum-crc32"))
    val starts = Option(headers.getFirst("x-amz-checksum-algorithm")).contains("CRC32")
    val ends = what == "POST uploadId" && StubS3.tagged("ChecksumCRC32", body).nonEmpty
    if (what != "POST delete" && (crc.isDefined || starts || ends)) checksummed.add(s"$what $key")
    crc.foreach(exchange.getResponseHeaders.add("x-amz-checksum-crc32", _))
    crc.forall(_ == StubS3.crc32(body))
  }

  private def answerTo(
      exchange: HttpExchange,
      what: String,
      key: String,
      query: Map[String, String],
      body: Array[Byte]
  ): (Int, String) = what match {
    case "PUT" =>
      objects.put(key, body)
      exchange.getResponseHeaders.add("ETag", "\"whole\"")
      (200, "")
    case "POST uploads" =>
      val id = s"upload-${ids.incrementAndGet()}"
      val algorithm = Option(exchange.getRequestHeaders.getFirst("x-amz-checksum-algorithm"))
      uploads.put(id, Upload(key, TrieMap.empty, algorithm.isDefined))
      (
        200,
        s"<InitiateMultipartUploadResult><Key>$key</Key><UploadId>$id</UploadId></InitiateMultipartUploadResult>"
      )
    case "PUT uploadId" =>
      uploads.get(query("uploadId")) match {
        case None => (404, "<Error><Code>NoSuchUpload</Code></Error>")
        case Some(upload)
            if upload.checksums != exchange.getRequestHeaders.containsKey("x-amz-checksum-crc32") =>
          (400, "<Error><Code>InvalidRequest</Code><Message>not the upload's checksum</Message></Error>")
        case Some(upload) =>
          val number = query("partNumber").toInt
          upload.parts.put(number, body)
          if (tagsParts) exchange.getResponseHeaders.add("ETag", "\"part-" + number + "\"")
          (200, "")
      }
    case "POST uploadId" =>
      uploads.remove(query("uploadId")) match {
        case None => (404, "<Error><Code>NoSuchUpload</Code></Error>")
        case Some(upload)
            if StubS3.named(body) != upload.parts.keys.toSeq.sorted.map(n => n -> s"part-$n") ||
              StubS3.tagged("ChecksumCRC32", body) != upload.crcs =>
          uploads.put(query("uploadId"), upload)
          (400, "<Error><Code>InvalidPart</Code></Error>")
        case Some(upload) =>
          objects.put(key, upload.parts.toSeq.sortBy(_._1).flatMap(_._2).toArray)
          (200, "<CompleteMultipartUploadResult><ETag>done</ETag></CompleteMultipartUploadResult>")
      }
    case "DELETE uploadId" =>
      if (uploads.remove(query("uploadId")).isDefined) (204, "")
      else (404, "<Error><Code>NoSuchUpload</Code></Error>")
    // Texts only: the answer is made of one.
    case "GET" if objects.containsKey(key) => (200, new String(objects.get(key), "UTF-8"))
    case "GET uploads" =>
      val found = uploads.filter(_._2.key.startsWith(query.getOrElse("prefix", "")))
      val list = found.map { case (id, u) =>
        s"<Upload><Key>${u.key}</Key><UploadId>$id</UploadId></Upload>"
      }.mkString
      (200, s"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>$list</ListMultipartUploadsResult>")
    case "GET list-type" =>
      val found = keys.filter(_.startsWith(query.getOrElse("prefix", "")))
      val list =
        found.map(k => s"<Contents><Key>$k</Key><Size>${objects.get(k).length}</Size></Contents>").mkString
      (200, s"<ListBucketResult><IsTruncated>false</IsTruncated>$list</ListBucketResult>")
    case "POST delete" =>
      val keys = "<Key>([^<]*)</Key>".r.findAllMatchIn(new String(body, "UTF-8")).map(_.group(1)).toList
      val busy = keys.take(busyDeletions)
      busyDeletions -= busy.length
      keys.drop(busy.length).foreach(objects.remove(_))
      val errors =
        busy.map(k => s"<Error><Key>$k</Key><Code>SlowDown</Code><Message>busy</Message></Error>")
      (200, s"<DeleteResult>${errors.mkString}</DeleteResult>")
    case "HEAD" if key.isEmpty => (200, "")
    case other => (501, s"<Error><Code>NotImplemented</Code><Message>$other</Message></Error>")
  }
}

object StubS3 {
  final case class Upload(key: String, parts: TrieMap[Int, Array[Byte]], checksums: Boolean = false) {

    /** What a request that completes it has to name. */
    def crcs: Seq[String] =
      if (checksums) parts.toSeq.sortBy(_._1).map { case (_, bytes) => crc32(bytes) } else Nil
  }

  /** What S3 calls the CRC32 of some bytes. */
  private def crc32(bytes: Array[Byte]): String = {
    val crc = new java.util.zip.CRC32
    crc.update(bytes)
    val value = java.nio.ByteBuffer.allocate(4).putInt(crc.getValue.toInt).array
    java.util.Base64.getEncoder.encodeToString(value)
  }

  /** The texts of an element, in their order. */
  private def tagged(element: String, body: Array[Byte]): Seq[String] =
    s"<$element>([^<]*)</$element>".r.findAllMatchIn(new String(body, "UTF-8")).map(_.group(1)).toList

  /** The parts that a request to complete an upload names, in its order: numbers and tags. */
  private def named(body: Array[Byte]): Seq[(Int, String)] = {
    val text = new String(body, "UTF-8")
    val numbers = "<PartNumber>(\\d+)</PartNumber>".r.findAllMatchIn(text).map(_.group(1).toInt)
    val tags = "<ETag>(?:&quot;|\")?([^&<\"]*)".r.findAllMatchIn(text).map(_.group(1))
    numbers.toList.zip(tags.toList)
  }

  private val Verbs = Set("uploads", "uploadId", "list-type", "delete")
}
