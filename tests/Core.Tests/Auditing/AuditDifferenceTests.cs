using System.Text.Json.Nodes;
using LdapSync.Core.Auditing;
using Xunit;

namespace LdapSync.Core.Tests.Auditing;

public sealed class AuditDifferenceTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"b":3}""", """{"b":2}""", """{"b":3}""")]
    [InlineData("""{"a":{"x":1,"y":[1]}}""", """{"a":{"x":1,"y":[2]}}""", """{"a":{"y":[1]}}""", """{"a":{"y":[2]}}""")]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", null, null)]
    [InlineData("""{"a":1}""", """{}""", """{"a":1}""", """{"a":null}""")]
    [InlineData(null, """{"a":1}""", null, """{"a":1}""")]
    [InlineData("""{"a":1}""", null, """{"a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":1}""", null, null)]
    [InlineData("""{"a":{"x":1}}""", """{"a":2}""", """{"a":{"x":1}}""", """{"a":2}""")]
    [InlineData("""{"Password":"one"}""", """{"Password":"two"}""", """{"Password":"(not recorded)"}""", """{"Password":"(not recorded)"}""")]
    [InlineData(null, """{"a":[{"signingSecret":"one","b":1}]}""", null, """{"a":[{"signingSecret":"(not recorded)","b":1}]}""")]
    public void Of_TwoStates_HoldsWhatDiffersAndNoSecret(string? before, string? after, string? expectedBefore, string? expectedAfter)
    {
        var (was, became) = AuditDifference.Of(Parse(before), Parse(after));

        Assert.True(JsonNode.DeepEquals(Parse(expectedBefore), was), $"before: {was?.ToJsonString()}");
        Assert.True(JsonNode.DeepEquals(Parse(expectedAfter), became), $"after: {became?.ToJsonString()}");
    }

    private static JsonNode? Parse(string? text) => text is null ? null : JsonNode.Parse(text);
}
