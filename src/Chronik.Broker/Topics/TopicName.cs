namespace Chronik.Broker.Topics;

/// <summary>Kafka's rules for the names of topics.</summary>
internal static class TopicName
{
    private const int LengthMax = 249;

    /// <summary>Whether Kafka keeps a coordinator's state under this name; told to clients, which hide such topics.</summary>
    internal static bool IsInternal(string name) => name is "__consumer_offsets" or "__transaction_state" or "__share_group_state";

    /// <summary>Whether a folder of this name can be taken in as a topic: no state of Kafka's own, which means nothing here.</summary>
    internal static bool IsAdoptable(string name) => Problem(name) is null && !IsInternal(name) && name != "__cluster_metadata";

    /// <summary>Says why a name cannot be a topic's, in Kafka's words, or null.</summary>
    internal static string? Problem(string name)
    {
        if (name.Length == 0)
            return "Topic name is invalid: the empty string is not allowed";
        if (name is "." or "..")
            return $"Topic name is invalid: '{name}' is not allowed";
        if (name.Length > LengthMax)
            return $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {LengthMax}";
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            return $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
        return null;
    }

    /// <summary>Equal for names that differ in '.' and '_' alone, which cannot both be topics.</summary>
    internal static string CollisionKey(string name) => name.Replace('.', '_');
}
