namespace LdapSync.Demo.Story;

/// <summary>What the directory holds, kept beside it: the numbers that LdapSync has to arrive at.</summary>
internal sealed class Expected
{
    private readonly Dictionary<string, HashSet<string>> groups = [];
    private readonly HashSet<string> disabled = [];
    private readonly HashSet<string> collided = [];

    public Expected(Cast cast)
    {
        foreach (var group in cast.Linked)
        {
            groups[group.Name] = [.. group.Members.Select(person => person.Login)];
        }

        disabled.UnionWith(cast.Company.People.Where(person => person.Disabled).Select(person => person.Login));
        collided.Add(cast.Collides.Login);
    }

    /// <summary>Logins of all who are in a linked group, not disabled, and not kept out by a collision.</summary>
    public HashSet<string> ActiveUsers => groups.Values.SelectMany(logins => logins).Where(IsActive).ToHashSet();

    public IEnumerable<string> GroupNames => groups.Keys;

    public HashSet<string> ActiveMembers(string group) => groups[group].Where(IsActive).ToHashSet();

    public void Join(string login, string group) => groups[group].Add(login);

    public void Leave(string login, string group) => groups[group].Remove(login);

    public void Disable(string login) => disabled.Add(login);

    public void Enable(string login) => disabled.Remove(login);

    public void Delete(string login)
    {
        foreach (var members in groups.Values)
        {
            members.Remove(login);
        }
    }

    public void RenameLogin(string before, string after)
    {
        foreach (var members in groups.Values.Where(members => members.Remove(before)))
        {
            members.Add(after);
        }
    }

    public void RenameGroup(string before, string after)
    {
        groups[after] = groups[before];
        groups.Remove(before);
    }

    private bool IsActive(string login) => !disabled.Contains(login) && !collided.Contains(login);
}
