package com.amazonaws.services.sagemaker.sparksdk.transformation

import java.lang.reflect.InvocationTargetException
import java.util.{HashMap => JHashMap}

import scala.util.Try

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.types.{DataType, StructType}

/** Which classes of the user's a saved stage may bring back. */
object SavedClasses {

  /** The Spark configuration key with the user's own serializer and deserializer classes, comma-separated. Classes that
    * it doesn't name aren't loaded: what a saved file says can't start any code that the user didn't choose.
    */
  val ConfigKey: String = "spark.sagemaker.savedClasses"

  private[sparksdk] def registered: Set[String] =
    SparkSession.getActiveSession
      .orElse(SparkSession.getDefaultSession)
      .flatMap(session =>
        session.conf.getOption(ConfigKey).orElse(session.sparkContext.getConf.getOption(ConfigKey))
      )
      .map(_.split(',').map(_.trim).filter(_.nonEmpty).toSet)
      .getOrElse(Set.empty)
}

/** Serializers and deserializers as they are saved: the class's name and the strings that it is made again from. */
private[sparksdk] object PersistedTransformation {

  /** @throws IllegalArgumentException naming a class that doesn't say how it is made again */
  def encode(transformation: AnyRef): (String, Map[String, String]) = transformation match {
    case persistable: PersistableTransformation => (transformation.getClass.getName, persistable.arguments)
    case _ =>
      throw new IllegalArgumentException(
        s"${transformation.getClass.getName} can't be saved: mix in PersistableTransformation, with a constructor " +
          s"(java.util.Map[String, String]), and name the class in ${SavedClasses.ConfigKey}"
      )
  }

  /** @throws IllegalArgumentException when the class is neither ours nor registered, or can't be made */
  def decode(className: String, arguments: Map[String, String]): AnyRef =
    if (className.startsWith(BuiltIn.Package)) ownClass(className, arguments)
    else if (SavedClasses.registered.contains(className)) instantiate(className, arguments)
    else
      throw new IllegalArgumentException(
        s"the saved stage uses the class $className, which isn't one of this library's: if it is yours, set " +
          s"${SavedClasses.ConfigKey}=$className in the Spark configuration and load again"
      )

  private def ownClass(className: String, arguments: Map[String, String]): AnyRef =
    BuiltInTransformations.factories.get(className.substring(BuiltIn.Package.length)) match {
      case Some(factory) => factory(new Arguments(className, arguments))
      case None =>
        throw new IllegalArgumentException(
          s"the saved stage uses the class $className, which this version of the library doesn't have: " +
            "load it with the version that saved it"
        )
    }

  private def instantiate(className: String, arguments: Map[String, String]): AnyRef = {
    val map = new JHashMap[String, String]()
    arguments.foreach { case (key, value) => map.put(key, value) }
    try {
      val loaded = Class.forName(className, true, loader)
      if (!classOf[PersistableTransformation].isAssignableFrom(loaded)) {
        throw new IllegalArgumentException(
          s"$className is no PersistableTransformation: it can't be made from a saved stage"
        )
      }
      loaded.getConstructor(classOf[java.util.Map[_, _]]).newInstance(map).asInstanceOf[AnyRef]
    } catch {
      case e: ClassNotFoundException =>
        throw new IllegalArgumentException(
          s"the saved stage's class $className isn't on the class path: add its jar",
          e
        )
      case e: NoSuchMethodException =>
        throw new IllegalArgumentException(
          s"$className has no public constructor (java.util.Map[String, String])",
          e
        )
      case e: InvocationTargetException =>
        throw new IllegalArgumentException(
          s"$className can't be made from its saved arguments: ${e.getCause}",
          e.getCause
        )
    }
  }

  private def loader: ClassLoader =
    Option(Thread.currentThread().getContextClassLoader).getOrElse(getClass.getClassLoader)
}

/** The saved arguments of one of our classes; what doesn't fit is an IllegalArgumentException that names it. */
final private[transformation] class Arguments(className: String, values: Map[String, String]) {

  def string(name: String): String = values.getOrElse(name, missing(name))

  def needed[A](name: String, value: Option[A]): A = value.getOrElse(missing(name))

  def boolean(name: String, default: Boolean): Boolean = values.get(name).fold(default) { text =>
    Try(text.toBoolean).getOrElse(
      throw new IllegalArgumentException(
        s"""$className: the saved "$name" is "$text", and true or false is expected"""
      )
    )
  }

  def optionalInt(name: String): Option[Int] = values.get(name).map(_ => int(name))

  def int(name: String): Int =
    Try(string(name).toInt).getOrElse(
      throw new IllegalArgumentException(
        s"""$className: the saved "$name" is "${string(name)}", and a whole number is expected"""
      )
    )

  def schema(name: String): Option[StructType] = values.get(name).map { json =>
    Try(DataType.fromJson(json)).toOption match {
      case Some(schema: StructType) => schema
      case _ => throw new IllegalArgumentException(s"""$className: the saved "$name" is no schema in JSON""")
    }
  }

  def strings(name: String): Option[Seq[String]] = values.get(name).map(StringList.decode)

  private def missing(name: String): Nothing =
    throw new IllegalArgumentException(s"""$className: the saved stage has no "$name"""")
}

/** A list of strings in one string: each with its length in front, so that every character can occur. */
private[transformation] object StringList {
  def encode(strings: Seq[String]): String = strings.map(s => s"${s.length}:$s").mkString

  def decode(text: String): Seq[String] = {
    val strings = Seq.newBuilder[String]
    var at = 0
    while (at < text.length) {
      val colon = text.indexOf(':', at)
      val length = if (colon < 0) None else Try(text.substring(at, colon).toInt).toOption
      length.filter(n => n >= 0 && n <= text.length - colon - 1) match {
        case Some(n) =>
          strings += text.substring(colon + 1, colon + 1 + n)
          at = colon + 1 + n
        case None =>
          throw new IllegalArgumentException(s"""not a saved list of strings: "${text.take(60)}"""")
      }
    }
    strings.result()
  }
}
