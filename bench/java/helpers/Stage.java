package bench;

import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig;
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsKeys;
import com.amazonaws.services.sagemaker.sparksdk.staging.Staging;
import com.amazonaws.services.sagemaker.sparksdk.staging.StagingRequest;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.collection.immutable.List;
import scala.collection.immutable.Map$;

/** Stages a DataFrame as {@code fit} does, to an S3 at an address. */
public final class Stage {
  private Stage() {}

  @SuppressWarnings("unchecked")
  public static long run(Dataset<Row> data, String format, String address) {
    AwsClientConfig s3 = new AwsClientConfig(Option.apply("us-east-1"), Option.<String>empty(), Option.<String>empty(),
        Option.<String>empty(), Option.apply(address), 5, 10000, 120000, Option.<AwsKeys>empty());
    StagingRequest request = new StagingRequest("bench", "run/" + UUID.randomUUID(), s3, format,
        (scala.collection.immutable.Map<String, String>) (Object) Map$.MODULE$.empty(), Option.<List<String>>empty(),
        Option.<String>empty(), Option.<String>empty(), StagingRequest.DefaultObjectBytes(), true, false, true);
    return Staging.stage(data, request).rowCount();
  }
}
