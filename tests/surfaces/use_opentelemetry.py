"""Gathers traces as a collector does, from a server of its own; prints the spans that came."""

import concurrent.futures
import json
import os
import signal
import subprocess
import threading
import urllib.request

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

TRACE, CALLER = '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'
spans = []


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    def Export(self, request, context):
        for resource in request.resource_spans:
            service = {a.key: a.value.string_value for a in resource.resource.attributes}.get('service.name')
            for scope in resource.scope_spans:
                for span in scope.spans:
                    fields = {a.key: a.value.string_value or a.value.int_value or a.value.bool_value for a in span.attributes}
                    spans.append({
                        'service': service, 'name': span.name, 'trace': span.trace_id.hex(), 'span': span.span_id.hex(),
                        'parent': span.parent_span_id.hex(), 'kind': span.kind, 'status': span.status.code, 'fields': fields,
                    })
        return trace_service_pb2.ExportTraceServiceResponse()


collector = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Collector(), collector)
port = collector.add_insecure_port('127.0.0.1:0')
collector.start()

environment = {**os.environ, 'CODERUNNER_TRACE_OTLP_ENDPOINT': f'http://127.0.0.1:{port}', 'CODERUNNER_LOG_AUDIT': 'true', 'CODERUNNER_LOG_FORMAT': 'json'}
served = subprocess.Popen([os.environ['CODERUNNER'], 'serve', '--listen', '127.0.0.1:0'], stderr=subprocess.PIPE, text=True, env=environment)
address = next(line.split('listening on ')[1].strip() for line in served.stderr if 'listening on ' in line)
logged = []
reader = threading.Thread(target=lambda: logged.extend(served.stderr))
reader.start()


def run(source, headers):
    body = json.dumps({'language': 'javascript', 'source': source}).encode()
    request = urllib.request.Request(f'{address}/v1/run', body, {'Content-Type': 'application/json', **headers})
    with urllib.request.urlopen(request) as answer:
        return {'id': answer.headers['x-request-id'], 'run': json.load(answer)}


answers = [
    run('console.log(1)', {'traceparent': f'00-{TRACE}-{CALLER}-01', 'x-request-id': 'mine'}),
    run('console.log(2)', {}),
    # The caller does not want it to be traced.
    run('console.log(3)', {'traceparent': f'00-{"1" * 32}-{CALLER}-00', 'x-request-id': 'untraced'}),
]
served.send_signal(signal.SIGTERM)
code = served.wait()
reader.join()
collector.stop(None)
lines = []
for line in logged:
    try:
        lines.append(json.loads(line))
    except ValueError:
        pass
print(json.dumps({'code': code, 'spans': spans, 'answers': answers, 'audit': [line for line in lines if line.get('target') == 'audit']}))
