"""spec/http-api-runtime.md section 7: actions of AWS services, against moto where it has them, and to the byte of the wire."""

import base64
import json
import re
import socket
import uuid
import xml.etree.ElementTree as ElementTree

import boto3
import pytest
from aws_endpoint import AwsEndpoint
from botocore.exceptions import ClientError
from configured import OWN, ROLE, TEMPORARY, Configured
from gatewright import eventually
from spec import BAD_REQUEST, rows

FAILED = (500, b'{"message":"Internal Server Error"}')
UNAVAILABLE = (503, b'{"message":"Service Unavailable"}')
TOO_LARGE = (413, b'{"message":"Request Entity Too Large"}')
FORM, JSON_1_0, JSON_1_1 = "application/x-www-form-urlencoded; charset=utf-8", "application/x-amz-json-1.0", "application/x-amz-json-1.1"


@pytest.fixture(scope="module")
def gateway(moto, tmp_path_factory):
    """Its services are moto's."""
    gateway = Configured(tmp_path_factory.mktemp("services"), moto, f'endpoint = "{moto}"').start()
    yield gateway
    gateway.stop()


@pytest.fixture
def aws(moto):
    """A client of moto's for a service."""
    return lambda service, region="us-east-1": boto3.client(
        service, endpoint_url=moto, region_name=region, aws_access_key_id="TEMPORARY", aws_secret_access_key="temporary-secret")


def name():
    return f"n{uuid.uuid4().hex[:12]}"


def texts(answer):
    """The texts of an XML answer by the path of their elements."""
    found = {}

    def walk(element, path):
        path = [*path, element.tag.partition("}")[2]]
        if element.text and element.text.strip():
            found.setdefault("/".join(path[1:]), []).append(element.text)
        for child in element:
            walk(child, path)
    walk(ElementTree.fromstring(answer.body), [])
    return found


# 7.1 Actions, by what they leave in the services


def test_7_1_send_message(gateway, aws):
    """A FIFO queue, attributes of both kinds, values of all sources."""
    queue = aws("sqs").create_queue(QueueName=f"{name()}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    api_id = gateway.service("SQS-SendMessage", {
        "QueueUrl": queue, "MessageBody": "$request.body", "MessageGroupId": "$request.path.id",
        "MessageDeduplicationId": "$request.querystring.d",
        "MessageAttributes": json.dumps({
            "source": {"DataType": "String", "StringValue": "${request.header.x-source}"},
            "count": {"DataType": "Number", "StringValue": 3},
            "bytes": {"DataType": "Binary", "BinaryValue": "AAH/"}}),
        "MessageSystemAttributes": json.dumps({"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-0-0"}}),
    })
    body = 'a=b&c "é" 100%\r\n'.encode()
    answer = gateway.ask(api_id, "/group-7?d=once", 'X-Source: web", "x": "y', body=body)
    # 7.3: the service's own XML.
    sent = texts(answer)
    assert (answer.status, answer.header("content-type")) == (200, ["text/xml"])
    [received] = aws("sqs").receive_message(
        QueueUrl=queue, MessageAttributeNames=["All"], AttributeNames=["All"], VisibilityTimeout=0)["Messages"]
    assert sent["SendMessageResult/MessageId"] == [received["MessageId"]]
    assert sent["SendMessageResult/MD5OfMessageBody"] == [received["MD5OfBody"]]
    assert received["Body"].encode() == body
    attributes = received["Attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("group-7", "once")
    assert attributes["AWSTraceHeader"] == "Root=1-0-0"
    assert received["MessageAttributes"] == {
        "source": {"DataType": "String", "StringValue": 'web", "x": "y'},
        "count": {"DataType": "Number", "StringValue": "3"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\x01\xff"}}
    # The same deduplication id: there is no second.
    assert gateway.ask(api_id, "/group-7?d=once", body=body).status == 200
    found = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    assert found["Attributes"]["ApproximateNumberOfMessages"] == "1"


def test_7_1_send_message_with_a_delay(gateway, aws):
    queue = aws("sqs").create_queue(QueueName=name())["QueueUrl"]
    api_id = gateway.service("SQS-SendMessage", {
        "QueueUrl": queue, "MessageBody": "$request.body.message", "DelaySeconds": "$request.body.delay"})

    def counts():
        found = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return found["ApproximateNumberOfMessages"], found["ApproximateNumberOfMessagesDelayed"]
    assert gateway.ask(api_id, body=b'{"message": "late", "delay": 900}').status == 200
    assert counts() == ("0", "1")
    # An optional parameter that finds nothing is left out.
    assert gateway.ask(api_id, body=b'{"message": "now"}').status == 200
    assert counts() == ("1", "1")


def test_7_1_receive_message_delete_message_and_purge_queue(gateway, aws):
    queue = aws("sqs").create_queue(QueueName=name())["QueueUrl"]
    for body in ("one", "two", "three"):
        attribute = {"a": {"DataType": "String", "StringValue": body}, "b": {"DataType": "String", "StringValue": "x"}}
        aws("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=attribute)
    receive = gateway.service("SQS-ReceiveMessage", {
        "QueueUrl": queue, "MaxNumberOfMessages": "$request.querystring.n", "VisibilityTimeout": "600", "WaitTimeSeconds": "0",
        "AttributeNames": '["SentTimestamp"]', "MessageAttributeNames": "$request.body.names", "ReceiveRequestAttemptId": "r"},
        key="POST /")
    received = texts(gateway.ask(receive, "/?n=2", body=b'{"names": ["a"]}'))
    message = "ReceiveMessageResult/Message/"
    assert received[message + "Body"] == ["one", "two"]
    assert received[message + "Attribute/Name"] == ["SentTimestamp"] * 2
    assert received[message + "MessageAttribute/Name"] == ["a"] * 2
    assert received[message + "MessageAttribute/Value/StringValue"] == ["one", "two"]
    # Hidden for ten minutes: what is left is the third.
    assert texts(gateway.ask(receive, "/?n=10"))[message + "Body"] == ["three"]

    def left():
        found = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])
    delete = gateway.service("SQS-DeleteMessage", {"QueueUrl": queue, "ReceiptHandle": "$request.body"})
    assert left() == 3
    assert gateway.ask(delete, body=received[message + "ReceiptHandle"][0].encode()).status == 200
    assert left() == 2
    assert gateway.ask(gateway.service("SQS-PurgeQueue", {"QueueUrl": "$stageVariables.queue"}, variables={"queue": queue})).status == 200
    assert left() == 0


def test_7_1_put_events(gateway, aws):
    """A rule delivers the event to a queue."""
    bus, rule, events = name(), name(), aws("events")
    queue = aws("sqs").create_queue(QueueName=name())["QueueUrl"]
    arn = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name=bus)
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=json.dumps({"source": ["orders.web"]}))
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "q", "Arn": arn}])
    api_id = gateway.service("EventBridge-PutEvents", {
        "Detail": "$request.body", "DetailType": "order.${request.path.id}", "Source": "orders.${request.header.x-source}",
        "EventBusName": bus, "Time": "$request.querystring.t", "TraceHeader": "Root=1-0-0",
        "Resources": json.dumps(["arn:aws:x:::${request.path.id}", "arn:aws:x:::y"])})
    answer = gateway.ask(api_id, "/made?t=2026-01-02T03:04:05Z", "X-Source: web", body=b'{"id": 7, "name": "\xc3\xa9"}')
    put = json.loads(answer.body)
    assert (answer.status, put["FailedEntryCount"], len(put["Entries"])) == (200, 0, 1)
    [message] = eventually(lambda: aws("sqs").receive_message(QueueUrl=queue).get("Messages"))
    event = json.loads(message["Body"])
    assert (event["detail"], event["detail-type"], event["source"]) == ({"id": 7, "name": "é"}, "order.made", "orders.web")
    assert event["resources"] == ["arn:aws:x:::made", "arn:aws:x:::y"]
    assert event["time"] in (1767323045, "2026-01-02T03:04:05Z")
    assert event["id"] == put["Entries"][0]["EventId"]


def test_7_1_put_record(gateway, aws):
    stream, kinesis = name(), aws("kinesis")
    kinesis.create_stream(StreamName=stream, ShardCount=2)
    api_id = gateway.service("Kinesis-PutRecord", {
        "StreamName": stream, "Data": "$request.body.data", "PartitionKey": "$context.apiId",
        "ExplicitHashKey": "$request.body.hash", "SequenceNumberForOrdering": "$request.querystring.s"})
    lowest, highest = "0", str(2**128 - 2)
    shards = [shard["ShardId"] for shard in kinesis.describe_stream(StreamName=stream)["StreamDescription"]["Shards"]]
    for number, hash_key in enumerate((lowest, highest)):
        data = base64.b64encode(f"record {number}".encode()).decode()
        answer = gateway.ask(api_id, "/x?s=1", body=json.dumps({"data": data, "hash": hash_key}).encode())
        assert (answer.status, answer.header("content-type")) == (200, [JSON_1_1])
        assert json.loads(answer.body)["ShardId"] == shards[number]
        iterator = kinesis.get_shard_iterator(StreamName=stream, ShardId=shards[number], ShardIteratorType="TRIM_HORIZON")
        [record] = kinesis.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        assert (record["Data"], record["PartitionKey"]) == (f"record {number}".encode(), api_id)
        assert record["SequenceNumber"] == json.loads(answer.body)["SequenceNumber"]


def test_7_1_start_execution_and_stop_execution(gateway, aws):
    states, machine = aws("stepfunctions"), name()
    definition = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
    arn = states.create_state_machine(name=machine, definition=definition, roleArn="arn:aws:iam::123456789012:role/x")["stateMachineArn"]
    start = gateway.service("StepFunctions-StartExecution", {
        "StateMachineArn": arn, "Name": "${request.path.id}-${context.apiId}", "Input": "$request.body.order"})
    answer = gateway.ask(start, "/7", body=b'{"order": {"id": 7, "tags": ["a"]}}')
    execution = json.loads(answer.body)["executionArn"]
    assert (answer.status, answer.header("content-type")) == (200, [JSON_1_0])
    found = states.describe_execution(executionArn=execution)
    assert (found["name"], json.loads(found["input"]), found["status"]) == (f"7-{start}", {"id": 7, "tags": ["a"]}, "RUNNING")
    stop = gateway.service("StepFunctions-StopExecution", {"ExecutionArn": "$request.body", "Cause": "enough", "Error": "E"})
    assert gateway.ask(stop, body=execution.encode()).status == 200
    assert states.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_7_1_another_region(gateway, aws):
    """Here one endpoint has all regions: the signature says which."""
    queue = name()
    for region in ("us-east-1", "eu-west-1"):
        aws("sqs", region).create_queue(QueueName=queue)
    url = aws("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    for region, path in (("eu-west-1", "/7"), ("$request.path.id", "/eu-west-1"), ("$request.querystring.nosuch", "/7")):
        api_id = gateway.service("SQS-SendMessage", {"QueueUrl": url, "MessageBody": "to " + region, "Region": region})
        assert gateway.ask(api_id, path).status == 200
    bodies = {region: [message["Body"] for message in aws("sqs", region).receive_message(
        QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])] for region in ("us-east-1", "eu-west-1")}
    assert bodies == {"eu-west-1": ["to eu-west-1", "to $request.path.id"], "us-east-1": ["to $request.querystring.nosuch"]}
    # A request cannot leave its place in the signature by it.
    api_id = gateway.service("SQS-SendMessage", {"QueueUrl": url, "MessageBody": "x", "Region": "$request.header.r"})
    assert gateway.ask(api_id, "/7", "R: eu-west-1/sqs/aws4_request, SignedHeaders=x").outcome == BAD_REQUEST


@pytest.mark.parametrize(("subtype", "parameters", "status", "message"), rows(
    ("7.3 a queue that is not there", "SQS-SendMessage", {"QueueUrl": "http://x/0/nosuch", "MessageBody": "x"}, 400, "NonExistentQueue"),
    ("7.2 a required parameter that finds nothing", "SQS-SendMessage", {"QueueUrl": "$request.header.q", "MessageBody": "x"}, 400,
     "NonExistentQueue"),
    ("7.3 a stream that is not there", "Kinesis-PutRecord", {"StreamName": "nosuch", "Data": "eA==", "PartitionKey": "p"}, 400,
     "ResourceNotFoundException"),
    ("7.3 an execution that is not there", "StepFunctions-StopExecution",
     {"ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:a:b"}, 400, "ExecutionDoesNotExist"),
    ("7.2 an entry without a source", "EventBridge-PutEvents", {"Detail": "{}", "DetailType": "d", "Source": "$request.body.s"}, 200,
     '"FailedEntryCount": 1'),
))
def test_a_services_errors_are_its_own(gateway, subtype, parameters, status, message):
    answer = gateway.ask(gateway.service(subtype, parameters))
    assert answer.status == status and message in answer.body.decode() and answer.header("apigw-requestid")


# The wire: what is sent, byte by byte, and by whom it is signed


@pytest.fixture(scope="module")
def endpoint():
    endpoint = AwsEndpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture(scope="module")
def recorded(endpoint, tmp_path_factory):
    """Its services are what the test says they answer."""
    gateway = Configured(tmp_path_factory.mktemp("recorded"), endpoint.url, f'''
        endpoint = "{endpoint.url}"
        services.states.endpoint = "http://127.0.0.1:9"
        [aws.services.kinesis]
        endpoint = "{endpoint.url}"
    ''', GATEWRIGHT_AWS_SERVICES_STATES_ENDPOINT=endpoint.url).start()
    yield gateway
    gateway.stop()


@pytest.fixture(autouse=True)
def plain(endpoint):
    endpoint.received, endpoint.answer = [], (200, {"Content-Type": "application/json"}, b"{}")


WIRE = (
    ("EventBridge-PutEvents", {
        "Detail": '{"a":1}', "DetailType": "d", "Source": "s", "Time": "1767323045.5", "EventBusName": "b", "Resources": '["r"]',
        "TraceHeader": "t", "Region": "eu-west-1"},
     "POST", "/", "events", "AWSEvents.PutEvents", JSON_1_1,
     '{"Entries":[{"Detail":"{\\"a\\":1}","DetailType":"d","Source":"s","EventBusName":"b","Resources":["r"],"Time":1767323045.5,'
     '"TraceHeader":"t"}]}'),
    ("SQS-SendMessage", {
        "QueueUrl": "http://q/0/a", "MessageBody": "a&b", "DelaySeconds": "1", "MessageGroupId": "g", "MessageDeduplicationId": "d",
        "MessageAttributes": '{"k":{"DataType":"String","StringValue":"v"}}',
        "MessageSystemAttributes": '{"AWSTraceHeader":{"DataType":"String","StringValue":"t"}}', "Region": "eu-west-1"},
     "POST", "/", "sqs", None, FORM,
     "Action=SendMessage&Version=2012-11-05&QueueUrl=http%3A%2F%2Fq%2F0%2Fa&MessageBody=a%26b&DelaySeconds=1&MessageDeduplicationId=d"
     "&MessageGroupId=g&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v"
     "&MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.DataType=String"
     "&MessageSystemAttribute.1.Value.StringValue=t"),
    ("SQS-ReceiveMessage", {
        "QueueUrl": "q", "AttributeNames": '["All"]', "MaxNumberOfMessages": "10", "MessageAttributeNames": '["a","b"]',
        "ReceiveRequestAttemptId": "r", "VisibilityTimeout": "5", "WaitTimeSeconds": "1", "Region": "eu-west-1"},
     "POST", "/", "sqs", None, FORM,
     "Action=ReceiveMessage&Version=2012-11-05&QueueUrl=q&MaxNumberOfMessages=10&VisibilityTimeout=5&WaitTimeSeconds=1"
     "&ReceiveRequestAttemptId=r&AttributeName.1=All&MessageAttributeName.1=a&MessageAttributeName.2=b"),
    ("SQS-DeleteMessage", {"QueueUrl": "q", "ReceiptHandle": "h+", "Region": "eu-west-1"},
     "POST", "/", "sqs", None, FORM, "Action=DeleteMessage&Version=2012-11-05&QueueUrl=q&ReceiptHandle=h%2B"),
    ("SQS-PurgeQueue", {"QueueUrl": "q", "Region": "eu-west-1"},
     "POST", "/", "sqs", None, FORM, "Action=PurgeQueue&Version=2012-11-05&QueueUrl=q"),
    ("AppConfig-GetConfiguration", {
        "Application": "a/b", "Environment": "c d", "Configuration": "e", "ClientId": "f&g", "ClientConfigurationVersion": "2",
        "Region": "eu-west-1"},
     "GET", "/applications/a%2Fb/environments/c%20d/configurations/e?client_configuration_version=2&client_id=f%26g", "appconfig", None,
     None, ""),
    ("Kinesis-PutRecord", {
        "StreamName": "s", "Data": "eA==", "PartitionKey": "p", "SequenceNumberForOrdering": "1", "ExplicitHashKey": "2",
        "Region": "eu-west-1"},
     "POST", "/", "kinesis", "Kinesis_20131202.PutRecord", JSON_1_1,
     '{"StreamName":"s","Data":"eA==","PartitionKey":"p","ExplicitHashKey":"2","SequenceNumberForOrdering":"1"}'),
    ("StepFunctions-StartExecution", {"StateMachineArn": "m", "Name": "n", "Input": "{}", "Region": "eu-west-1"},
     "POST", "/", "states", "AWSStepFunctions.StartExecution", JSON_1_0, '{"stateMachineArn":"m","name":"n","input":"{}"}'),
    ("StepFunctions-StartSyncExecution", {
        "StateMachineArn": "m", "Name": "n", "Input": "{}", "TraceHeader": "t", "Region": "eu-west-1"},
     "POST", "/", "states", "AWSStepFunctions.StartSyncExecution", JSON_1_0,
     '{"stateMachineArn":"m","name":"n","input":"{}","traceHeader":"t"}'),
    ("StepFunctions-StopExecution", {"ExecutionArn": "e", "Cause": "c", "Error": "r", "Region": "eu-west-1"},
     "POST", "/", "states", "AWSStepFunctions.StopExecution", JSON_1_0, '{"executionArn":"e","cause":"c","error":"r"}'),
)


@pytest.mark.parametrize(
    ("subtype", "parameters", "method", "target", "service", "operation", "content_type", "body"),
    rows(*((f"7.1 {row[0]}", *row) for row in WIRE)))
@pytest.mark.parametrize(("role", "signer"), [("own", OWN), ("temporary", TEMPORARY)])
def test_the_wire(recorded, endpoint, subtype, parameters, method, target, service, operation, content_type, body, role, signer):
    """Every parameter of every action, under a signature that botocore comes to as well."""
    api_id = recorded.service(subtype, parameters, role=role)
    # Nothing of the client's goes along.
    answer = recorded.ask(api_id, "/7?q=1", "X-Client: 1", "Authorization: Bearer x", "X-Amz-Date: x", "Cookie: a=b", body=b"ignored")
    assert answer.outcome == (200, b"{}")
    asked = endpoint.asked()
    assert (asked.method, asked.target, asked.body.decode()) == (method, target, body)
    assert (asked.headers.get("x-amz-target"), asked.headers.get("content-type")) == (operation, content_type)
    assert asked.scope() == (signer[0], "eu-west-1", service) and asked.signed_by(*signer)
    known = {"host", "content-length", "content-type", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-target"}
    assert set(asked.headers) <= known and asked.headers["host"] == endpoint.url.partition("//")[2]


def test_7_1_start_sync_execution(recorded, endpoint):
    """moto has none: its answer as AWS writes it."""
    output = b'{"executionArn":"arn:e","output":"{}","status":"SUCCEEDED"}'
    endpoint.answer = (200, {"Content-Type": JSON_1_0, "x-amzn-RequestId": "r"}, output)
    answer = recorded.ask(recorded.service("StepFunctions-StartSyncExecution", {
        "StateMachineArn": "arn:m", "Name": "$request.path.id", "Input": "$request.body"}), body=b'{"a": [1, 2]}')
    assert (answer.outcome, answer.header("content-type")) == ((200, output), [JSON_1_0])
    assert json.loads(endpoint.asked().body) == {"stateMachineArn": "arn:m", "name": "7", "input": '{"a": [1, 2]}'}


def test_7_3_a_configuration_is_passed_on_with_its_version(recorded, endpoint):
    content = bytes(range(256))
    endpoint.answer = (200, {"Content-Type": "application/x-custom", "Configuration-Version": "3", "x-amzn-RequestId": "r"}, content)
    api_id = recorded.service("AppConfig-GetConfiguration", {
        "Application": "$request.path.id", "Environment": "$request.header.e", "Configuration": "c", "ClientId": "$context.apiId"},
        key="GET /{id}")
    answer = recorded.ask(api_id, "/7", "E: prod", method="GET")
    assert answer.outcome == (200, content)
    assert (answer.header("content-type"), answer.header("configuration-version")) == (["application/x-custom"], ["3"])
    assert endpoint.asked().target == f"/applications/7/environments/prod/configurations/c?client_id={api_id}"
    # What would lead to another call is the client's error, and so is a part of the path that is not there.
    for environment in ("..", ".", ""):
        assert recorded.ask(api_id, "/7", f"E: {environment}", method="GET").outcome == BAD_REQUEST
    assert recorded.ask(api_id, "/7", method="GET").outcome == BAD_REQUEST and not endpoint.received


# 7.2 Values


@pytest.mark.parametrize(("value", "expected"), rows(
    ("7.1 a static text", "static $x", "static $x"),
    ("7.1 $request.header", "$request.header.x-a", "1,2"),
    ("7.1 $request.querystring", "$request.querystring.q", "a b"),
    ("7.1 $request.path", "$request.path.id", "7"),
    ("7.1 $request.body", "$request.body", '{"a": {"b": "deep"}, "list": [1, "x"], "n": 1.50, "text": "t"}'),
    ("7.1 $request.body.a.b", "$request.body.a.b", "deep"),
    ("7.2 an object", "$request.body.a", '{"b":"deep"}'),
    ("7.2 an array", "$request.body.list", '[1,"x"]'),
    ("7.2 a text", "$request.body.text", "t"),
    ("7.2 a number", "$request.body.n", "1.50"),
    ("7.1 $context", "$context.httpMethod", "POST"),
    ("7.1 $context, what the client said", "$context.path", "/7"),
    ("7.1 $stageVariables", "$stageVariables.v", "variable"),
    ("8.3 mixed", "${request.path.id}/${request.body.text}/${request.header.nosuch}/${stageVariables.v}", "7/t//variable"),
))
def test_values(recorded, endpoint, value, expected):
    api_id = recorded.service("StepFunctions-StartExecution", {"StateMachineArn": "m", "Input": value}, variables={"v": "variable"})
    body = b'{"a": {"b": "deep"}, "list": [1, "x"], "n": 1.50, "text": "t"}'
    assert recorded.ask(api_id, "/7?q=a+b", "X-A: 1", "X-A: 2", "Content-Type: application/json", body=body).status == 200
    assert json.loads(endpoint.asked().body)["input"] == expected


@pytest.mark.parametrize("value", [
    "$request.header.nosuch", "$request.querystring.nosuch", "$request.path.nosuch", "$request.body", "$request.body.a",
    "$context.authorizer.claims.sub", "$stageVariables.nosuch"])
def test_7_2_what_finds_nothing_is_left_out(recorded, endpoint, value):
    """Required or not: the service says what is missing."""
    api_id = recorded.service("StepFunctions-StartExecution", {"StateMachineArn": value, "Input": value})
    assert recorded.ask(api_id).status == 200
    assert endpoint.asked().body == b"{}"


@pytest.mark.parametrize(("subtype", "parameter", "body"), rows(
    ("7.2 attributes that are no JSON", "SQS-SendMessage", "MessageAttributes", b"x"),
    ("7.2 attributes that are a list", "SQS-SendMessage", "MessageAttributes", b'["a"]'),
    ("7.2 an attribute without members", "SQS-SendMessage", "MessageAttributes", b'{"a":"b"}'),
    ("7.2 a list that is a text", "SQS-ReceiveMessage", "AttributeNames", b'"All"'),
    ("7.2 a list with a number", "SQS-ReceiveMessage", "AttributeNames", b"[1]"),
    ("7.2 a text that is none", "SQS-SendMessage", "MessageBody", b"\xff\xfe"),
))
def test_what_cannot_be_a_parameter_is_the_clients_error(recorded, endpoint, subtype, parameter, body):
    api_id = recorded.service(subtype, {"QueueUrl": "q", "MessageBody": "x", parameter: "$request.body"} if "Send" in subtype
                              else {"QueueUrl": "q", parameter: "$request.body"})
    assert recorded.ask(api_id, body=body).outcome == BAD_REQUEST and not endpoint.received


def test_7_2_numbers_that_are_none_are_the_services_to_refuse(recorded, endpoint):
    api_id = recorded.service("SQS-SendMessage", {"QueueUrl": "q", "MessageBody": "b", "DelaySeconds": "$request.body"})
    assert recorded.ask(api_id, body=b"soon").status == 200
    assert endpoint.asked().body.endswith(b"&DelaySeconds=soon")
    api_id = recorded.service("EventBridge-PutEvents", {"Detail": "{}", "DetailType": "d", "Source": "s", "Time": "$request.body"})
    assert recorded.ask(api_id, body=b"soon").status == 200
    assert json.loads(endpoint.asked().body)["Entries"][0]["Time"] == "soon"


def test_4_bodies(recorded, endpoint):
    """$request.body is all of it; JSON paths see 100 KB; what no call can hold is too large."""
    api_id = recorded.service("StepFunctions-StartExecution", {"StateMachineArn": "$request.body.a", "Input": "$request.body"})
    body = json.dumps({"a": "x", "b": "y" * 300_000}).encode()
    assert recorded.ask(api_id, body=body).status == 200
    assert json.loads(endpoint.asked().body) == {"input": body.decode()}
    assert recorded.ask(api_id, body=b"x" * 10_485_761).outcome == TOO_LARGE
    twice = recorded.service("StepFunctions-StartExecution", {"StateMachineArn": "$request.body", "Input": "$request.body"})
    assert recorded.ask(twice, body=b"x" * 9_000_000).outcome == TOO_LARGE and not endpoint.received


# 7.3 Answers


def test_7_3_and_13_what_a_service_says_beside_its_answer(recorded, endpoint):
    api_id = recorded.service("Kinesis-PutRecord", {"StreamName": "s", "Data": "eA==", "PartitionKey": "p"})
    line = "said $context.requestId $context.awsEndpointRequestId $context.integration.requestId $context.awsEndpointRequestId2 " \
           "$context.integrationStatus $context.integration.status $context.status $context.error.responseType"
    client = recorded.process.client()
    client.update_stage(ApiId=api_id, StageName="$default", AccessLogSettings={
        "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:services", "Format": line})
    endpoint.answer = (429, {"Content-Type": JSON_1_1, "x-amzn-RequestId": "id-1", "x-amz-id-2": "id-2", "Set-Cookie": "a=b",
                             "x-amzn-ErrorType": "Throttled", "Server": "x"}, b'{"__type":"Throttled"}')
    asked = set()

    def logged():
        answer = recorded.ask(api_id)
        # Too many requests for the service: its own answer, not the gateway's.
        assert (answer.outcome, answer.header("content-type")) == ((429, b'{"__type":"Throttled"}'), [JSON_1_1])
        assert {found.lower() for found, _ in answer.headers} == {"content-type", "content-length", "date", "apigw-requestid"}
        asked.add(answer.header("apigw-requestid")[0])
        entries = re.findall(r"^said (\S+) (.*)$", recorded.log(), re.M)
        return next((rest for request_id, rest in entries if request_id in asked), None)
    assert eventually(logged) == "id-1 id-1 id-2 429 429 429 -"


def test_8_2_answers_are_mapped(recorded, endpoint):
    api_id = recorded.service("StepFunctions-StartExecution", {"StateMachineArn": "m"}, ResponseParameters={
        "400": {"overwrite:statuscode": "422", "append:header.x-why": "$response.body.__type", "remove:header.content-type": "''"},
        "200": {"append:header.x-type": "$response.header.content-type"}})
    endpoint.answer = (400, {"Content-Type": JSON_1_0}, b'{"__type":"InvalidArn"}')
    answer = recorded.ask(api_id)
    assert (answer.outcome, answer.header("x-why")) == ((422, b'{"__type":"InvalidArn"}'), ["InvalidArn"])
    assert not answer.header("content-type")
    endpoint.answer = (200, {"Content-Type": JSON_1_0}, b"{}")
    assert recorded.ask(api_id).header("x-type") == [JSON_1_0]


@pytest.mark.parametrize(("answer", "expected"), rows(
    ("7.3 a service's own failure", (500, {"Content-Type": JSON_1_1}, b"{}"), (500, b"{}")),
    ("7.3 no body, no content-type", (200, {}, b""), (200, b"")),
    ("4 an answer of 10 MB", (200, {}, b"x" * 10_485_760), (200, b"x" * 10_485_760)),
    ("4 an answer over 10 MB", (200, {}, b"x" * 10_485_761), FAILED),
    ("4 an answer that is never passed on", (200, {}, b"x" * (16 * 1024 * 1024 + 1)), FAILED),
))
def test_answers(recorded, endpoint, answer, expected):
    endpoint.answer = answer
    got = recorded.ask(recorded.service("SQS-PurgeQueue", {"QueueUrl": "q"}))
    assert got.outcome == expected and (expected == FAILED or got.header("content-type") == list(answer[1].values()))


def test_3_a_service_that_does_not_answer(tmp_path):
    """In time, or at all."""
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as gone:
        nowhere = gone.getsockname()[1]
        gone.close()
        gateway = Configured(tmp_path, "http://127.0.0.1:9", f'''
            services.sqs.endpoint = "http://127.0.0.1:{silent.getsockname()[1]}"
            services.kinesis.endpoint = "http://127.0.0.1:{nowhere}"
        ''').start()
        try:
            slow = gateway.service("SQS-PurgeQueue", {"QueueUrl": "q"}, TimeoutInMillis=300)
            assert gateway.ask(slow).outcome == UNAVAILABLE
            away = gateway.service("Kinesis-PutRecord", {"StreamName": "s", "Data": "d", "PartitionKey": "p"})
            assert gateway.ask(away).outcome == UNAVAILABLE
            # Nobody said where EventBridge is: not published, by the key's name.
            with pytest.raises(ClientError) as caught:
                gateway.service("EventBridge-PutEvents", {"Detail": "d", "DetailType": "t", "Source": "s"})
            assert "integrationSubtype EventBridge-PutEvents of integration" in str(caught.value)
            assert "neither aws.services.events.endpoint nor aws.endpoint is in the configuration" in str(caught.value)
        finally:
            gateway.stop()


def test_connections_are_used_again(recorded, endpoint):
    api_id = recorded.service("SQS-PurgeQueue", {"QueueUrl": "q"})
    before = endpoint.connections
    for _ in range(10):
        assert recorded.ask(api_id).status == 200
    assert endpoint.connections - before <= 1 and len(endpoint.received) == 10


# What is refused


@pytest.mark.parametrize(("role", "parameters", "message"), rows(
    ("7.1 a role that nobody maps", "other", {}, f'aws.roles."{ROLE}other" is not in the configuration'),
    ("7.1 no expression", "own", {"MessageBody": "$request.bdy"}, 'MessageBody: "request.bdy" is not a source'),
    ("7.1 no parameter of the action", "own", {"Nope": "x"}, "SQS-SendMessage takes no parameter 'Nope'"),
    ("7.1 keys of mappings", "own", {"append:header.a": "x"}, "SQS-SendMessage takes no parameter 'append:header.a'"),
    ("7.2 attributes that are no JSON", "own", {"MessageAttributes": "[${request.body}]"}, "MessageAttributes: not attributes as JSON"),
    ("7.1 no region", "own", {"Region": "a/b"}, "Region: \"a/b\" is not a region's name"),
))
def test_what_cannot_be_published(recorded, role, parameters, message):
    with pytest.raises(ClientError) as caught:
        recorded.service("SQS-SendMessage", {"QueueUrl": "q", "MessageBody": "b", **parameters}, role=role)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert message in caught.value.response["Error"]["Message"]


def test_an_endpoint_for_each_region(endpoint, tmp_path):
    host = endpoint.url.rpartition(":")
    gateway = Configured(tmp_path, endpoint.url, f'endpoint = "http://{{region}}.localhost:{host[2]}"').start()
    try:
        for region in ("eu-west-1", "us-east-1"):
            given = {} if region == "us-east-1" else {"Region": region}
            assert gateway.ask(gateway.service("SQS-PurgeQueue", {"QueueUrl": "q", **given})).status == 200
            asked = endpoint.asked()
            assert asked.headers["host"] == f"{region}.localhost:{host[2]}" and asked.scope()[1] == region
        with pytest.raises(ClientError, match="a request may not choose among the endpoints"):
            gateway.service("SQS-PurgeQueue", {"QueueUrl": "q", "Region": "$request.header.r"})
    finally:
        gateway.stop()
