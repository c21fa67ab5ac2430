import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a fit asks of SageMaker and STS. Training jobs are complete as soon as they are looked at. */
final class Control {
  private static final String JSON = "application/x-amz-json-1.1";
  private static final Pattern OUTPUT = Pattern.compile("\"S3OutputPath\"\\s*:\\s*\"([^\"]*)\"");
  private static volatile String output = "s3://bench/output";

  private Control() {}

  static void answer(Exchange exchange, String operation) throws IOException {
    if (operation.equals("CreateTrainingJob")) {
      Matcher found = OUTPUT.matcher(exchange.text());
      if (found.find()) output = found.group(1);
      exchange.reply(200, JSON, "{\"TrainingJobArn\": \"arn:aws:sagemaker:us-east-1:123456789012:training-job/bench\"}");
    } else if (operation.equals("DescribeTrainingJob")) {
      exchange.reply(200, JSON,
          "{\"TrainingJobName\": \"bench\", \"TrainingJobArn\": \"arn:aws:sagemaker:us-east-1:123456789012:training-job/bench\","
              + " \"TrainingJobStatus\": \"Completed\", \"SecondaryStatus\": \"Completed\", \"SecondaryStatusTransitions\": [],"
              + " \"HyperParameters\": {}, \"CreationTime\": 1700000000, \"ModelArtifacts\": {\"S3ModelArtifacts\": \""
              + output + "/bench/output/model.tar.gz\"}}");
    } else if (operation.startsWith("List")) {
      exchange.reply(200, JSON, "{\"Tags\": [], \"TrainingJobSummaries\": []}");
    } else {
      exchange.reply(400, JSON, "{\"__type\": \"ValidationException\", \"message\": \"" + operation + " is not served\"}");
    }
  }

  static void identity(Exchange exchange) throws IOException {
    exchange.reply(200, "text/xml",
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>"
            + "<Arn>arn:aws:iam::123456789012:user/bench</Arn><UserId>bench</UserId><Account>123456789012</Account>"
            + "</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
            + "</GetCallerIdentityResponse>");
  }
}
