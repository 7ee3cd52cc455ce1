// Leaves alone what people read: a sentence without one of its words is no fault that decides about packets.
import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

const properties = new Set(["message", "fix", "reason"]);

/**
 * @param {any} path Babel's, of a node of the source
 * @returns {string | undefined} why it is left as it is
 */
function shouldIgnore({ node, parent, key }) {
  if (node.type !== "StringLiteral" && node.type !== "TemplateLiteral") return undefined;
  if (parent.type === "ObjectProperty" && key === "value" && properties.has(parent.key.name)) return "a sentence";
  if (parent.type === "NewExpression" && /^Unknown$|Error$/.test(parent.callee.name)) return "a sentence";
  return undefined;
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, "sentences", { shouldIgnore })];
