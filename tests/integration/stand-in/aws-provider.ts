import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { AwsCloud } from "./aws-cloud.ts";
import { method, type Plugin, servePlugin } from "./plugin.ts";

/**
 * Stands in for pulumi-resource-aws, in front of an account in memory. In previews it tells what the bridge of Terraform
 * tells (pulumi-terraform-bridge, pkg/tfbridge/provider.go): planned values, with ids and computed ones unknown.
 */
export async function serveAws(cloud: AwsCloud): Promise<Plugin> {
  return servePlugin(service.ResourceProviderService, {
    attach: method(() => new empty.Empty()),
    cancel: method(() => new empty.Empty()),
    getPluginInfo: method(() => {
      const info = new plugins.PluginInfo();
      info.setVersion("7.48.0");
      return info;
    }),
    getSchema: method(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
    checkConfig: method((request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: method(() => new messages.DiffResponse()),
    configure: method(() => {
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    check: method((request: messages.CheckRequest) => {
      const { inputs, failures } = cloud.check(request.getUrn(), values(request.getOlds()), values(request.getNews()));
      const response = new messages.CheckResponse();
      response.setInputs(struct.Struct.fromJavaScript(inputs as never));
      for (const { property, reason } of failures) {
        const failure = new messages.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    }),
    diff: method((request: messages.DiffRequest) => {
      const olds = values(request.getOldInputs() ?? request.getOlds());
      const { changes, replaces, deleteFirst } = cloud.diff(request.getUrn(), olds, values(request.getNews()));
      const response = new messages.DiffResponse();
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
      response.setDiffsList(changes);
      response.setReplacesList(replaces);
      response.setDeletebeforereplace(deleteFirst);
      return response;
    }),
    create: method((request: messages.CreateRequest) => {
      const inputs = values(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(struct.Struct.fromJavaScript(cloud.plan(request.getUrn(), inputs) as never));
        return response;
      }
      const { id, outputs } = cloud.create(request.getUrn(), inputs);
      response.setId(id);
      response.setProperties(struct.Struct.fromJavaScript(outputs as never));
      return response;
    }),
    read: method((request: messages.ReadRequest) => {
      const id = request.getId();
      const found = cloud.get(request.getUrn().split("::")[2]?.split("$").at(-1) ?? "", id);
      const response = new messages.ReadResponse();
      if (!found) return response;
      response.setId(id);
      response.setProperties(struct.Struct.fromJavaScript(found.outputs as never));
      response.setInputs(struct.Struct.fromJavaScript(found.inputs as never));
      return response;
    }),
    update: method((request: messages.UpdateRequest) => {
      const news = values(request.getNews());
      const outputs = request.getPreview()
        ? cloud.plan(request.getUrn(), news, values(request.getOlds()))
        : cloud.update(request.getUrn(), request.getId(), news).outputs;
      const response = new messages.UpdateResponse();
      response.setProperties(struct.Struct.fromJavaScript(outputs as never));
      return response;
    }),
    delete: method((request: messages.DeleteRequest) => {
      cloud.delete(request.getUrn(), request.getId());
      return new empty.Empty();
    }),
    invoke: method((request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      response.setReturn(
        struct.Struct.fromJavaScript(cloud.invoke(request.getTok(), values(request.getArgs())) as never),
      );
      return response;
    }),
  });
}

const values = (own: Struct | undefined) => (own?.toJavaScript() ?? {}) as Record<string, unknown>;
