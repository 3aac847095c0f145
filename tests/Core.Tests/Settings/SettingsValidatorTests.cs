using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LdapSync.Core.Reading;
using LdapSync.Core.Settings;
using Xunit;

namespace LdapSync.Core.Tests.Settings;

public sealed class SettingsValidatorTests
{
    private static string Recipients(int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(number => $"\"a{number}@example.test\""))}]";

    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Every field, made wrong: path, JSON value, a piece of the message.</summary>
    public static TheoryData<string, string, string> Mistakes { get; } = new()
    {
        { "connection", "null", "null" },
        { "connection.serverName", "\"\"", "required" },
        { "connection.serverName", "null", "required" },
        { "connection.serverName", "\"ldap://dc1\"", "URL" },
        { "connection.serverName", "\"dc1,dc2:99999\"", "1 to 65535" },
        { "connection.security", "99", "ldaps, startTls, none" },
        { "connection.security", "\"none\"", "connection.allowClearText" },
        { "connection.authenticationType", "99", "kerberos" },
        { "connection.trustedCertificates", "\"nonsense\"", "BEGIN CERTIFICATE" },
        { "connection.trustedCertificates", "\"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\"", "cannot be read" },
        { "connection.trustedCertificates", "\"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\"", "private key" },
        { "connection.pinnedCertificate", "\"ab:cd\"", "64 hexadecimal" },
        { "connection.tlsName", "\"a b\"", "host name" },
        { "connection.keyDistributionCenter", "\"192.0.2.1\"", "names" },
        { "connection.keyDistributionCenter", "\"[::1]:88\"", "names" },
        { "connection.keyDistributionCenter", "\"a,b\"", "Only one" },
        { "connection.keyDistributionCenter", "\"a:b\"", "port" },
        { "connection.kerberosTarget", "\"192.0.2.1\"", "host name" },
        { "connection.kerberosTarget", "\"dc1:389\"", "host name" },
        { "connection.clientCertificateSecret", "\"a/b\"", "hyphens" },
        { "connection.administratorLogin", "\"\"", "required" },
        { "connection.administratorLogin", "\"a\\nb\"", "control characters" },
        { "connection.timeoutSeconds", "0", "1 to 600" },
        { "connection.timeoutSeconds", "601", "1 to 600" },
        { "connection.maxConnections", "0", "1 to 16" },
        { "connection.maxConnections", "17", "1 to 16" },
        { "schedule", "null", "null" },
        { "schedule.intervalHours", "-1", "0 to 8760" },
        { "schedule.intervalHours", "8761", "0 to 8760" },
        { "options", "null", "null" },
        { "options.importScope", "99", "linkedGroups, all" },
        { "options.licenceProducts", "null", "null" },
        { "options.removalLimits", "null", "null" },
        { "options.removalLimits.deactivations", "-1", "0 to" },
        { "options.removalLimits.deactivationsPercent", "101", "0 to 100" },
        { "options.removalLimits.roleRemovals", "-1", "0 to" },
        { "options.removalLimits.roleRemovalsPercent", "-1", "0 to 100" },
        { "options.removalLimits.minimumPopulation", "-1", "0 to" },
        { "options.removalLimits.approvalHours", "0", "1 to 720" },
        { "users", "null", "null" },
        { "schedule.mode", "9", "known are full, changed, delta" },
        { "schedule.fullRunHours", "-1", "0 to 8760" },
        { "users.searchBase", "\"\"", "required" },
        { "users.searchBase", "\"example.org\"", "character 8" },
        { "users.fullName", "\" \"", "required" },
        { "users.fullName", "\"full name\"", "character 5" },
        { "users.login", "\"\"", "required" },
        { "users.login", "\"_x\"", "attribute name" },
        { "users.userId", "\"\"", "required" },
        { "users.userId", "\"1.\"", "object identifier" },
        { "users.modificationDate", "null", "required" },
        { "users.modificationDate", "\"a=b\"", "attribute name" },
        { "users.email", "\"e mail\"", "attribute name" },
        { "users.company", "\"(o)\"", "attribute name" },
        { "users.phone", "\"*\"", "attribute name" },
        { "users.jobTitle", "\"title;\"", "option" },
        { "users.activeExpression", "\"employeeType=x\"", "in brackets" },
        { "users.shards", "null", "null" },
        { "users.inactiveWhen", "null", "null" },
        { "users.inactiveWhen.lockoutMinutes", "0", "1 to 525600" },
        { "signIn", "null", "null" },
        { "signIn.attemptsPerLogin", "0", "1 to 1000" },
        { "signIn.attemptsPerAddress", "1001", "1 to 1000" },
        { "signIn.windowMinutes", "1441", "1 to 1440" },
        { "signIn.auditDays", "0", "1 to 3650" },
        { "groups", "null", "null" },
        { "groups.searchBase", "\"\"", "required" },
        { "groups.searchBase", "\"ou=a;dc=b\"", "character 5" },
        { "groups.groupName", "\"\"", "required" },
        { "groups.groupName", "\"c n\"", "attribute name" },
        { "groups.groupId", "\"\"", "required" },
        { "groups.groupId", "\"é\"", "attribute name" },
        { "groups.membership", "7", "known are filter, member, memberUid" },
        { "filters", "null", "null" },
        { "filters.users", "\"\"", "required" },
        { "filters.users", "\"(!cn=x)\"", "character 3: \"cn=x)\"" },
        { "filters.users", "\"(memberOf=[#ldapGroupDN#])\"", "only in filters.groupUsers" },
        { "filters.groups", "\"objectClass=group\"", "in brackets" },
        { "filters.groups", "null", "required" },
        { "filters.groupUsers", "\"\"", "required" },
        { "filters.groupUsers", "\"(memberOf=cn=all)\"", "same users" },
        { "filters.groupUsers", "\"(memberOf=[#LDAPGroup#])\"", "known are [#LDAPGroupDN#]" },
        { "filters.groupUsers", "\"(memberOf=[#LDAPGroupDN#]\"", "not closed" },
        { "notifications", "null", "null" },
        { "notifications.recipients", "null", "not null" },
        { "notifications.recipients", Recipients(21), "At most 20" },
        { "notifications.emailOn", "null", "not null" },
        { "notifications.emailOn", "[\"deliveryFailed\"]", "feed alone" },
        { "notifications.unreachableRuns", "0", "1 to 1000" },
        { "notifications.webhook", "null", "null" },
        { "notifications.webhook.shape", "99", "generic, teams, slack" },
        { "notifications.webhook.on", "null", "not null" },
    };

    [Theory]
    [Trait("Rule", "S4")]
    [InlineData(DirectoryKind.ActiveDirectory)]
    [InlineData(DirectoryKind.OpenLdap)]
    [InlineData(DirectoryKind.Other)]
    public void Validate_PresetWithServerAndBase_HasNoErrors(DirectoryKind kind) => Assert.Empty(SettingsValidator.Validate(Right(kind), hasPassword: true));

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Validate_OneFieldWrong_NamesExactlyThatField(string path, string value, string message)
    {
        var error = Assert.Single(SettingsValidator.Validate(With(Right(), path, value), hasPassword: true));
        Assert.Equal(path, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_Table_HasEveryFieldThatCanBeWrong()
    {
        var fields = Paths(JsonSerializer.SerializeToNode(Right(), Json)!.AsObject(), "")
            .Except(
            [
                "connection.allowClearText", "schedule.paused", "options.synchronizeOnlyGroups", "options.grantLicences", "options.reclaimLicences",
                "options.importNewUsers", "groups.nested", "groups.primaryGroup", "notifications.webhook.enabled",
                "users.inactiveWhen.disabled", "users.inactiveWhen.expired", "users.inactiveWhen.lockedByAdministrator", "users.inactiveWhen.lockedOut",
            ]);
        Assert.Empty(fields.Except(Mistakes.Select(row => row.Data.Item1)));
    }

    [Theory]
    [Trait("Rule", "R9")]
    [InlineData("groups.nested")]
    [InlineData("groups.primaryGroup")]
    public void Validate_MoreMembersThanTheFilterFinds_NamesTheField(string field) =>
        Assert.Equal(field, Assert.Single(SettingsValidator.Validate(With(With(Right(), "groups.membership", "0"), field, "true"), hasPassword: true)).Field);

    [Fact]
    public void Validate_ShardsThatOverlapOrAreBlank_NamesTheirPlace() => Assert.Equal(
        ["users.shards[1]", "users.shards[2]"],
        SettingsValidator.Validate(Right(DirectoryKind.OpenLdap) with { Users = Right(DirectoryKind.OpenLdap).Users with { Shards = ["a", "Anna", " ", "b"] } }, hasPassword: true)
            .Select(error => error.Field));

    [Fact]
    public void Validate_BlankLicenceProduct_NamesItsPlace() => Assert.Equal(
        "options.licenceProducts[1]",
        Assert.Single(SettingsValidator.Validate(With(Right(), "options.licenceProducts", "[\"a\",\"\"]"), hasPassword: true)).Field);

    [Theory]
    [InlineData("anna@example.test", null)]
    [InlineData("änna.o'hara+x@münchen.example", null)]
    [InlineData("anna", "no @")]
    [InlineData("@example.test", "before the @")]
    [InlineData("a b@example.test", "before the @")]
    [InlineData("a@b@example.test", "before the @")]
    [InlineData("anna@", "after the @")]
    [InlineData("anna@exam ple", "after the @")]
    [InlineData("anna@example.test\r\nBcc: x@example.test", "before the @")]
    [InlineData("anna\n@example.test", "before the @")]
    public void Validate_Recipient_IsAnAddressOrNamed(string address, string? problem)
    {
        var settings = Right() with { Notifications = new NotificationSettings { Recipients = ["ok@example.test", address] } };
        var errors = SettingsValidator.Validate(settings, hasPassword: true);
        if (problem is null)
        {
            Assert.Empty(errors);
        }
        else
        {
            Assert.Equal("notifications.recipients[1]", Assert.Single(errors).Field);
            Assert.Contains(problem, errors[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Validate_Defaults_NamesEveryRequiredField() => Assert.Equal(
        [
            "connection.serverName", "connection.administratorLogin", "connection.password", "users.searchBase", "users.fullName", "users.login",
            "users.userId", "users.modificationDate", "groups.searchBase", "groups.groupName", "groups.groupId", "filters.users", "filters.groups",
            "filters.groupUsers",
        ],
        SettingsValidator.Validate(new DirectorySettings(), hasPassword: false).Select(error => error.Field));

    [Theory]
    // type, security, clear text allowed, server, target, login, secret, password | the one field with an error
    [InlineData("basic", "ldaps", false, "a", null, "cn=x", null, false, "connection.password")]
    [InlineData("basic", "none", true, "a", null, "cn=x", null, true, null)]
    [InlineData("basic", "none", false, "a", null, "cn=x", null, true, "connection.security")]
    [InlineData("anonymous", "none", false, "a", null, "", null, false, null)]
    [InlineData("ntlm", "none", false, "a", null, "DOM\\x", null, true, null)]
    [InlineData("ntlm", "ldaps", false, "192.0.2.1", null, "x@dom.example", null, true, null)]
    [InlineData("ntlm", "ldaps", false, "a", null, "cn=x,dc=y", null, true, "connection.administratorLogin")]
    [InlineData("ntlm", "ldaps", false, "a", null, "x", null, true, "connection.administratorLogin")]
    [InlineData("ntlm", "ldaps", false, "a", null, "DOM\\", null, true, "connection.administratorLogin")]
    [InlineData("kerberos", "none", false, "a", null, "x@REALM", null, true, null)]
    [InlineData("kerberos", "none", false, "a,192.0.2.1", null, "x@REALM", null, true, "connection.serverName")]
    [InlineData("kerberos", "none", false, "[::1]:389", null, "x@REALM", null, true, "connection.serverName")]
    [InlineData("kerberos", "none", false, "192.0.2.1", "dc1.example.org", "x@REALM", null, true, null)]
    [InlineData("kerberos", "none", false, "a", null, "x@", null, true, "connection.administratorLogin")]
    [InlineData("negotiate", "none", false, "a", null, "@x", null, true, "connection.administratorLogin")]
    [InlineData("negotiate", "none", false, "192.0.2.1", null, "D\\x", null, true, null)]
    [InlineData("digest", "none", false, "a", null, "x", null, true, null)]
    [InlineData("digest", "none", false, "a", null, "x", null, false, "connection.password")]
    [InlineData("external", "startTls", false, "a", null, "", "client-cert", false, null)]
    [InlineData("external", "startTls", false, "a", null, "", null, false, "connection.clientCertificateSecret")]
    [InlineData("external", "none", false, "a", null, "", "client-cert", false, "connection.security")]
    public void Validate_Authentication_NeedsItsFields(
        string type, string security, bool clear, string server, string? target, string login, string? secret, bool hasPassword, string? field)
    {
        var settings = Right();
        settings = settings with
        {
            Connection = settings.Connection with
            {
                AuthenticationType = Enum.Parse<AuthenticationType>(type, ignoreCase: true),
                Security = Enum.Parse<ConnectionSecurity>(security, ignoreCase: true),
                AllowClearText = clear,
                ServerName = server,
                KerberosTarget = target,
                AdministratorLogin = login,
                ClientCertificateSecret = secret,
            },
        };
        Assert.Equal(field is null ? [] : [field], SettingsValidator.Validate(settings, hasPassword).Select(error => error.Field));
    }

    [Fact]
    public void Validate_RealCertificateAndPin_HasNoErrors()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99));
        var pem = certificate.ExportCertificatePem();
        var settings = Right();
        settings = settings with
        {
            Connection = settings.Connection with
            {
                TrustedCertificates = pem + "\n" + pem,
                PinnedCertificate = string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(octet => octet.ToString("X2", null))),
            },
        };
        Assert.Empty(SettingsValidator.Validate(settings, hasPassword: true));
    }

    private static DirectorySettings Right(DirectoryKind kind = DirectoryKind.OpenLdap) => SettingsPresets.For(kind, "dc=example,dc=org") with
    {
        Connection = new() { ServerName = "dc1.example.org, dc2.example.org:1636", AdministratorLogin = "cn=reader,dc=example,dc=org" },
    };

    private static DirectorySettings With(DirectorySettings settings, string path, string json)
    {
        var root = JsonSerializer.SerializeToNode(settings, Json)!;
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!);
        parent[names[^1]] = JsonNode.Parse(json);
        return root.Deserialize<DirectorySettings>(Json)!;
    }

    private static IEnumerable<string> Paths(JsonObject node, string prefix) => node.SelectMany(field =>
        field.Value is JsonObject inner ? Paths(inner, prefix + field.Key + ".").Append(prefix + field.Key) : [prefix + field.Key]);
}
