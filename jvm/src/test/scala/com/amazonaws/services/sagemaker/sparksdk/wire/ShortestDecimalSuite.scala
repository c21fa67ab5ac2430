package com.amazonaws.services.sagemaker.sparksdk.wire

import java.math.{BigDecimal => Decimal}
import java.nio.charset.StandardCharsets.UTF_8

import org.scalatest.funsuite.AnyFunSuite

class ShortestDecimalSuite extends AnyFunSuite {

  private def decimal(value: Double): Decimal =
    Decimal.valueOf(ShortestDecimal.digits(value)).scaleByPowerOfTen(ShortestDecimal.exponent(value))

  private def text(value: Double): String = {
    val out = new GrowableBuffer(64)
    DecimalText.append(value, out)
    new String(out.toByteArray, UTF_8)
  }

  /** The doubles at which power and spacing change, their neighbours, and many others. */
  private def samples: Iterator[Double] = {
    val random = new scala.util.Random(7)
    val borders = (-1074 to 1023).iterator.flatMap { power =>
      val value = Math.scalb(1.0, power)
      Iterator(value, Math.nextUp(value), Math.nextAfter(value, 0.0), value * 1.5)
    }
    val tens = (-323 to 308).iterator.flatMap { power =>
      val value = s"1e$power".toDouble
      Iterator(value, Math.nextUp(value), Math.nextAfter(value, 0.0), s"5e$power".toDouble)
    }
    val others = Iterator
      .continually(math.abs(java.lang.Double.longBitsToDouble(random.nextLong())))
      .filter(value => value <= Double.MaxValue)
    (borders ++ tens ++ others.take(20000) ++ Iterator(Double.MaxValue, Double.MinPositiveValue))
      .filter(value => value > 0 && value <= Double.MaxValue)
  }

  test("the decimal reads back to the double, none with fewer digits does, and none with as many is closer") {
    samples.foreach { value =>
      val found = decimal(value)
      assert(found.doubleValue == value, s"$found for ${java.lang.Double.toHexString(value)}")
      val shortest = found.stripTrailingZeros
      val exact = new Decimal(value)
      // The neighbours of one digit less, above and below.
      val digits = shortest.precision
      if (digits > 2) Seq(java.math.RoundingMode.DOWN, java.math.RoundingMode.UP).foreach { mode =>
        val shorter = exact.round(new java.math.MathContext(digits - 1, mode))
        assert(shorter.doubleValue != value, s"$shorter is shorter than $shortest")
      }
      val nearest = exact.round(new java.math.MathContext(digits, java.math.RoundingMode.HALF_EVEN))
      if (digits > 2 && nearest.doubleValue == value) {
        val error = shortest.subtract(exact).abs
        assert(error.compareTo(nearest.subtract(exact).abs) <= 0, s"$nearest is closer than $shortest")
      }
    }
  }

  test(
    "the text has the form of Double.toString: the same number, no more digits, an exponent where Java writes one"
  ) {
    samples.take(12000).flatMap(value => Iterator(value, -value)).foreach { value =>
      val written = text(value)
      val javas = value.toString
      assert(written.toDouble == value)
      assert(written.length <= javas.length, s"$written for $javas")
      assert(written.contains("E") == javas.contains("E") && written.contains("."), s"$written for $javas")
    }
  }

  test("the usual way finds the same decimal, and leaves few numbers to the exact one") {
    val random = new scala.util.Random(13)
    val normal = Iterator.continually(math.abs(random.nextGaussian())).take(200000)
    var undecided = 0
    (samples.map(_ -> false) ++ normal.map(_ -> true)).foreach { case (value, isUsual) =>
      val bits = java.lang.Double.doubleToRawLongBits(value)
      val digits = ShortestDecimal.usual(bits)
      if (digits != ShortestDecimal.UNDECIDED)
        assert(
          Decimal
            .valueOf(digits)
            .scaleByPowerOfTen(ShortestDecimal.usualExponent(bits))
            .compareTo(decimal(value)) == 0,
          s"$value"
        )
      else if (isUsual) undecided += 1
    }
    assert(undecided < 10)
  }

  test("what lies on a border or half-way between two decimals is left to the exact way") {
    def isUndecided(value: Double) =
      ShortestDecimal.usual(java.lang.Double.doubleToRawLongBits(value)) == ShortestDecimal.UNDECIDED
    val random = new scala.util.Random(17)
    // From 2^49 on, the last place is a tenth, and a quarter lies between two of them.
    val halves = Seq.fill(2000)((random.nextLong() >>> 13 | 1L << 50) / 2.0 + 0.25)
    // Some of these have multiples of ten as borders.
    val wholes = Seq.fill(2000)((random.nextLong() >>> 8 + random.nextInt(4)).toDouble)
    val fractions = Seq.fill(2000)(Math.scalb((random.nextInt(1 << 20) | 1).toDouble, -random.nextInt(60)))
    assert(halves.forall(isUndecided) && wholes.count(isUndecided) > 50)
    (halves ++ wholes ++ fractions).filter(_ > 0).foreach { value =>
      assert(text(value).toDouble == value)
      assert(new Decimal(text(value)).compareTo(decimal(value)) == 0)
    }
  }

  test("the upper half of a product is the same by hand as by Java's own instruction") {
    val random = new scala.util.Random(11)
    val numbers = Seq(0L, 1L, Long.MaxValue, 1L << 32, (1L << 32) - 1) ++
      Seq.fill(2000)(random.nextLong() & Long.MaxValue)
    numbers.zip(numbers.reverse).foreach { case (a, b) =>
      val exact = (BigInt(a) * BigInt(b) >> 64).toLong
      assert(HighProduct.of(a, b) == exact)
      assert(HighProduct.byHand(a, b) == exact)
    }
  }

  test("what Java writes in few digits is written in the same ones") {
    val some = Seq(0.1, 0.001, 9.99e-4, 123456.789, 9999999.5, 1e7, 1.5e7, 1e21, 4.9e-324, 1.0e-5, 0.3, 2.5,
      100.25, 1234567.0, 0.0078125, 5e-4, 6.02214076e23)
    some.foreach(value => assert(text(value) == value.toString))
    assert(text(2e-3) == "0.002" && text(2.0e23) == "2.0E23")
    assert(text(-0.0) == "-0.0" && text(Double.NaN) == "NaN" && text(Double.NegativeInfinity) == "-Infinity")
  }
}
