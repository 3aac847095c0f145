using CsCheck;
using LdapSync.Core.Groups;
using Xunit;

namespace LdapSync.Core.Tests.Groups;

public sealed class GroupClosureTests
{
    /// <summary>Group 0 holds 1 and 2, 1 holds 3, 3 holds 0 again; 4 stands alone and was not read to the end.</summary>
    private static readonly GroupClosure Ring = new(
        [Read("a"), Read("b"), Read("c", "S-1-5-21-7-513"), Read("d"), new ReadGroup("e", null, Complete: false)],
        [Nest(0, 1), Nest(0, 2), Nest(1, 3), Nest(3, 0)],
        [0, 3, 2, 4, -1]);

    [Fact]
    [Trait("Rule", "R9")]
    public void RolesOfGroups_GroupsInARing_GoUpToEveryLinkedGroup() =>
        Assert.Equal([[0, 1], [0, 1], [0, 1, 2], [0, 1], [3]], Ring.RolesOfGroups());

    [Fact]
    [Trait("Rule", "G1")]
    public void CompleteRoles_GroupBelowNotRead_IsNotComplete()
    {
        Assert.Equal([true, true, true, false, false], Ring.CompleteRoles());
        Assert.Equal([false, false, false, false, false], (Ring with { Groups = [.. Ring.Groups.Select((group, index) => index == 2 ? group with { Complete = false } : group)] }).CompleteRoles());
    }

    [Fact]
    public void BySid_Groups_AreFoundByTheirSid() => Assert.Equal(2, Assert.Single(Ring.BySid()).Value);

    /// <summary>Whatever the graph: a role is a group's when and only when the group can be reached from the role's.</summary>
    [Fact]
    [Trait("Rule", "R9")]
    public void RolesOfGroups_AnyGraph_AreThoseThatReachTheGroup() =>
        Gen.Int[1, 8].SelectMany(count => Gen.Select(
            Gen.Select(Gen.Int[0, count - 1], Gen.Int[0, count - 1]).List[0, 16], Gen.Int[-1, count - 1].List[0, 4])
            .Select((edges, linked) => (count, edges, linked))).Sample(graph =>
        {
            var reach = new bool[graph.count, graph.count];
            for (var group = 0; group < graph.count; group++)
            {
                reach[group, group] = true;
            }

            foreach (var (parent, child) in graph.edges)
            {
                reach[parent, child] = true;
            }

            // Warshall's closure, as slow and as plain as it can be.
            for (var via = 0; via < graph.count; via++)
            {
                for (var from = 0; from < graph.count; from++)
                {
                    for (var to = 0; to < graph.count; to++)
                    {
                        reach[from, to] |= reach[from, via] && reach[via, to];
                    }
                }
            }

            var roles = new GroupClosure(
                [.. Enumerable.Range(0, graph.count).Select(group => Read($"g{group}"))],
                [.. graph.edges.Select(edge => Nest(edge.Item1, edge.Item2))],
                graph.linked).RolesOfGroups();
            for (var group = 0; group < graph.count; group++)
            {
                var expected = Enumerable.Range(0, graph.linked.Count).Where(role => graph.linked[role] >= 0 && reach[graph.linked[role], group]);
                Assert.Equal(expected, roles[group]);
            }
        });

    private static ReadGroup Read(string id, string? sid = null) => new(id, sid, Complete: true);

    private static GroupNesting Nest(int parent, int child) => new(parent, child, 0);
}
