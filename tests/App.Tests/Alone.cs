using Xunit;

namespace LdapSync.App.Tests;

/// <summary>Tests that take the whole machine run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
