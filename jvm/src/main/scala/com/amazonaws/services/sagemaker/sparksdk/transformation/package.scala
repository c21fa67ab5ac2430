package com.amazonaws.services.sagemaker.sparksdk

import com.amazonaws.services.sagemaker.sparksdk.wire.{ContentTypes => Wire}

/** How rows become requests to an endpoint, and answers rows. */
package object transformation {

  /** MIME types of requests and answers. */
  object ContentTypes {
    val TEXT_LIBSVM: String = Wire.LibSVM
    val PROTOBUF: String = Wire.Protobuf
    val JSON: String = Wire.Json
    val CSV: String = Wire.Csv
  }
}
