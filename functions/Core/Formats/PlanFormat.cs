using System.Text.Json.Serialization;
using LdapSync.Core.Licences;
using LdapSync.Core.Planning;

namespace LdapSync.Core.Formats;

/// <summary>Plans and notes are kept as JSON, one object a record: they are the journal, and must be readable by later versions.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(UserOperation))]
[JsonSerializable(typeof(MemberOperation))]
[JsonSerializable(typeof(RoleOperation))]
[JsonSerializable(typeof(LoginClaim))]
[JsonSerializable(typeof(LoginAssignment))]
[JsonSerializable(typeof(RefusedClaim))]
[JsonSerializable(typeof(Collision))]
[JsonSerializable(typeof(RunNote))]
[JsonSerializable(typeof(LinkedRole))]
[JsonSerializable(typeof(LicenceOperation))]
[JsonSerializable(typeof(UserOperationHead))]
public sealed partial class PlanFormat : JsonSerializerContext;
