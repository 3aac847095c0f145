namespace LdapSync.Infra.Tests;

/// <summary>The identity's roles are these and no others, each on one resource.</summary>
public sealed class RoleTests
{
    // "Azure built-in roles", by id.
    private const string BlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string QueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string SecretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
    private const string DurableTaskDataContributor = "0ad04412-c4d5-4796-b79c-f76d14c8d402";
    private const string Assignments = "/providers/Microsoft.Authorization/roleAssignments/";

    public static TheoryData<string> ParameterFiles => [.. Bicep.ParameterFiles];

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Roles_OfTheIdentity_AreExactlyThese(string name)
    {
        var snapshot = Snapshot.Read(name);
        List<string> expected =
        [
            $"storageAccounts/lshost {BlobDataOwner}",
            $"storageAccounts/lshost {QueueDataContributor}",
            $"storageAccounts/lshost {TableDataContributor}",
            $"storageAccounts/lsrecords {BlobDataContributor}",
            $"storageAccounts/lsrecords {TableDataContributor}",
            $"vaults/lskv- {SecretsOfficer}",
        ];
        if (snapshot.OfType("Microsoft.DurableTask/schedulers").Any())
        {
            expected.Add($"schedulers/dts-ldapsync- {DurableTaskDataContributor}");
        }

        var given = snapshot.OfType("Microsoft.Authorization/roleAssignments").Select(Describe);

        Assert.Equal(expected.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public void Roles_Always_GoToTheOneIdentityOfTheApp(string name)
    {
        var snapshot = Snapshot.Read(name);
        var identity = snapshot.Single("Microsoft.ManagedIdentity/userAssignedIdentities");

        Assert.All(snapshot.OfType("Microsoft.Authorization/roleAssignments"), role =>
        {
            Assert.Contains(identity.Id, role.Text("properties.principalId"), StringComparison.Ordinal);
            Assert.Equal("ServicePrincipal", role.Text("properties.principalType"));
        });
        Assert.All(
            snapshot.OfType("Microsoft.Web/sites").Concat(snapshot.OfType("Microsoft.Web/sites/slots")),
            site => Assert.Equal([identity.Id], site.At("identity.userAssignedIdentities")!.Value.EnumerateObject().Select(item => item.Name)));
    }

    // "storageAccounts/lshost ROLE": the resource without its unique ending, and the role's id.
    private static string Describe(Resource role)
    {
        var scope = role.Id[..role.Id.IndexOf(Assignments, StringComparison.Ordinal)];
        var parts = scope.Split('/');
        var resource = parts[^1];
        // Thirteen characters of uniqueString; the scheduler's name has the environment before them.
        var kind = resource.StartsWith("dts-ldapsync-", StringComparison.Ordinal) ? "dts-ldapsync-" : resource[..^13];
        return $"{parts[^2]}/{kind} {role.Text("properties.roleDefinitionId")!.Split('/')[^1]}";
    }
}
