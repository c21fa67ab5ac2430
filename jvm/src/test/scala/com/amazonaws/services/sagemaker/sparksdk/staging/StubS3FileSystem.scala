package com.amazonaws.services.sagemaker.sparksdk.staging

import java.io.{ByteArrayOutputStream, FileNotFoundException}
import java.net.URI

import scala.collection.JavaConverters._

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs._
import org.apache.hadoop.fs.permission.FsPermission
import org.apache.hadoop.util.Progressable

/** What a file system of Hadoop's does with S3, on the objects of a stub: folders are what keys begin with. */
class StubS3FileSystem extends FileSystem {
  private def objects = StubS3FileSystem.stub.objects.asScala
  private var root: URI = _

  override def initialize(name: URI, conf: Configuration): Unit = {
    super.initialize(name, conf)
    root = URI.create(s"${name.getScheme}://${name.getAuthority}")
    setConf(conf)
  }

  override def getUri: URI = root
  override def getWorkingDirectory: Path = new Path(s"$root/")
  override def setWorkingDirectory(path: Path): Unit = ()

  override def open(path: Path, bufferSize: Int): FSDataInputStream =
    new FSDataInputStream(new StubS3FileSystem.Input(objects.getOrElse(key(path), missing(path))))

  override def create(
      path: Path,
      permission: FsPermission,
      overwrite: Boolean,
      bufferSize: Int,
      replication: Short,
      blockSize: Long,
      progress: Progressable
  ): FSDataOutputStream = {
    val bytes = new ByteArrayOutputStream {
      override def close(): Unit = { objects.put(key(path), toByteArray); () }
    }
    new FSDataOutputStream(bytes, null)
  }

  override def rename(from: Path, to: Path): Boolean = {
    val moved = objects.keys.filter(k => k == key(from) || k.startsWith(key(from) + "/")).toList
    moved.foreach(k => objects.remove(k).foreach(objects.put(key(to) + k.stripPrefix(key(from)), _)))
    moved.nonEmpty
  }

  override def delete(path: Path, recursive: Boolean): Boolean =
    objects.keys
      .filter(k => k == key(path) || k.startsWith(key(path) + "/"))
      .toList
      .map(objects.remove)
      .nonEmpty

  override def listStatus(path: Path): Array[FileStatus] = {
    val below = if (key(path).isEmpty) "" else key(path) + "/"
    val names =
      objects.keys.filter(_.startsWith(below)).map(_.stripPrefix(below).split("/").head).toList.distinct
    if (names.isEmpty) missing(path)
    names.map(name => getFileStatus(new Path(path, name))).toArray
  }

  override def mkdirs(path: Path, permission: FsPermission): Boolean = true

  override def getFileStatus(path: Path): FileStatus = {
    val full = new Path(s"$root/${key(path)}")
    objects.get(key(path)) match {
      case Some(bytes) => new FileStatus(bytes.length.toLong, false, 1, 1L << 20, 0L, full)
      case None if key(path).isEmpty || objects.keys.exists(_.startsWith(key(path) + "/")) =>
        new FileStatus(0L, true, 1, 0L, 0L, full)
      case None => missing(path)
    }
  }

  override def append(path: Path, bufferSize: Int, progress: Progressable): FSDataOutputStream =
    throw new UnsupportedOperationException("append")

  private def key(path: Path): String = path.toUri.getPath.stripPrefix("/")
  private def missing(path: Path): Nothing = throw new FileNotFoundException(path.toString)
}

object StubS3FileSystem {
  @volatile var stub: StubS3 = _

  final private class Input(bytes: Array[Byte])
      extends java.io.ByteArrayInputStream(bytes)
      with Seekable
      with PositionedReadable {
    override def seek(position: Long): Unit = pos = position.toInt
    override def getPos: Long = pos.toLong
    override def seekToNewSource(target: Long): Boolean = false
    override def read(position: Long, buffer: Array[Byte], offset: Int, length: Int): Int = {
      val some = math.min(length, bytes.length - position.toInt)
      if (some <= 0) -1
      else {
        System.arraycopy(bytes, position.toInt, buffer, offset, some)
        some
      }
    }
    override def readFully(position: Long, buffer: Array[Byte], offset: Int, length: Int): Unit =
      System.arraycopy(bytes, position.toInt, buffer, offset, length)
    override def readFully(position: Long, buffer: Array[Byte]): Unit =
      readFully(position, buffer, 0, buffer.length)
  }
}
