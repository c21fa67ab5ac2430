"""Names of JVM classes, in one place."""

from __future__ import annotations

SDK = "com.amazonaws.services.sagemaker.sparksdk"
ALGORITHMS = f"{SDK}.algorithms"
SERIALIZERS = f"{SDK}.transformation.serializers"
DESERIALIZERS = f"{SDK}.transformation.deserializers"
EXCEPTIONS = f"{SDK}.exceptions"
TUNING = f"{SDK}.tuning"

#: The one object that Python talks to.
DOOR = f"{SDK}.python.PythonDoor"
#: A class that every version of the SDK has, also those that aren't ours.
ESTIMATOR = f"{SDK}.SageMakerEstimator"
#: What a value of the wrong type raises.
SETTING_TYPE_EXCEPTION = f"{SDK}.settings.SettingTypeException"
ILLEGAL_ARGUMENT_EXCEPTION = "java.lang.IllegalArgumentException"
