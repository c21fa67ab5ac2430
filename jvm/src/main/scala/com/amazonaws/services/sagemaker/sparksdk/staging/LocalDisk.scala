package com.amazonaws.services.sagemaker.sparksdk.staging

import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.permission.FsPermission
import org.apache.hadoop.fs.{FileSystem, LocalFileSystem, Path, RawLocalFileSystem}

/** Hadoop's local file system, told to do less for each file.
  *
  * By itself it takes a checksum of each 512 bytes, in a call for each, and runs the program `chmod` for a file and
  * again for its checksums where Hadoop's native library isn't installed. The files are read from front to back, which
  * larger checksums serve as well, and Java sets permissions itself. It is another instance than Hadoop's shared one,
  * whose `setWriteChecksum` it doesn't follow.
  */
private[staging] object LocalDisk {
  private val ChecksumSetting = "file.bytes-per-checksum"
  private val ChecksumDefault = 512
  // Hive's, which PySpark brings along, differs in how it renames.
  private val UsualClasses =
    Set(classOf[LocalFileSystem].getName, "org.apache.hadoop.hive.ql.io.ProxyLocalFileSystem")

  /** How many bytes one checksum is for. */
  final val ChecksumBytes: Int = 64 * 1024

  /** @return None: the path lies on another file system, or the user has set up the local one */
  def of(path: Path, hadoop: Configuration): Option[FileSystem] = {
    val shared = path.getFileSystem(hadoop)
    if (isUsual(shared) && hadoop.getInt(ChecksumSetting, ChecksumDefault) == ChecksumDefault) {
      val larger = new Configuration(hadoop)
      larger.setInt(ChecksumSetting, ChecksumBytes)
      val files = new LocalFileSystem(new WithoutPrograms)
      files.setConf(larger)
      files.initialize(shared.getUri, larger)
      Some(files)
    } else None
  }

  private def isUsual(files: FileSystem): Boolean = files match {
    case local: LocalFileSystem =>
      UsualClasses(local.getClass.getName) && local.getRaw.getClass == classOf[RawLocalFileSystem] &&
      local.getBytesPerSum == ChecksumDefault
    case _ => false
  }

  final private class WithoutPrograms extends RawLocalFileSystem {
    override def setPermission(path: Path, permission: FsPermission): Unit =
      try {
        val actions = Seq(permission.getUserAction, permission.getGroupAction, permission.getOtherAction)
        Files.setPosixFilePermissions(
          pathToFile(path).toPath,
          PosixFilePermissions.fromString(actions.map(_.SYMBOL).mkString)
        )
      } catch { case _: UnsupportedOperationException => super.setPermission(path, permission) }
  }
}
