using Chronik.Broker.Network;

namespace Chronik.Server.Options;

/// <summary>Makes listeners of <c>listeners</c>, <c>advertised.listeners</c> and what belongs to them.</summary>
internal static class ListenerSettings
{
    private const int DefaultPort = 9092;
    private const string Plaintext = "PLAINTEXT";

    /// <summary>Makes the listeners; what is wrong is added to <paramref name="problems"/>, a sentence each.</summary>
    public static List<ListenerOptions> Parse(EffectiveSettings settings, List<string> problems)
    {
        var insecure = bool.TryParse(settings.Text(SettingTable.Insecure), out var given) && given;
        var controllers = Items(settings.Text(SettingTable.ControllerListenerNames)).Select(name => name.ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        var protocols = Protocols(settings.Text(SettingTable.ProtocolMap));
        var advertised = Advertised(settings, problems);
        var listeners = new List<ListenerOptions>();
        var origin = settings.Given.GetValueOrDefault(SettingTable.Listeners)?.Origin ?? EffectiveSettings.DefaultOrigin;
        foreach (var item in Items(settings.Text(SettingTable.Listeners)))
        {
            if (Address.TryParse(item, out var address) is { } problem)
            {
                problems.Add($"{SettingTable.Listeners} names '{item}' ({origin}), {problem}: write for example localhost:9092.");
                continue;
            }

            if (address.Name is not null && controllers.Contains(address.Name))
                continue;
            if (Unsupported(address.Name, protocols) is { } protocol)
            {
                problems.Add($"{SettingTable.Listeners} names '{item}' ({origin}), but this version does not serve {protocol}: write PLAINTEXT://localhost:9092.");
                continue;
            }

            if (!address.IsLoopback && !insecure)
            {
                problems.Add($"{SettingTable.Listeners} names '{item}' ({origin}), which other machines reach without TLS: write localhost:{address.Port ?? DefaultPort}, or add --insecure to allow it.");
                continue;
            }

            listeners.Add(new ListenerOptions(address.Host, address.Port ?? DefaultPort)
            {
                Name = address.Name ?? Plaintext,
                Advertise = Match(advertised, address.Name ?? Plaintext),
            });
        }

        if (listeners.Count == 0 && problems.Count == 0)
            problems.Add($"{SettingTable.Listeners} ({origin}) leaves nothing to listen on: write for example {SettingTable.Listeners}=localhost:9092.");
        return listeners;
    }

    private static List<Address> Advertised(EffectiveSettings settings, List<string> problems)
    {
        var addresses = new List<Address>();
        if (!settings.Given.TryGetValue(SettingTable.AdvertisedListeners, out var given))
            return addresses;
        foreach (var item in Items(given.Value))
        {
            var problem = Address.TryParse(item, out var address);
            if (problem is null && address.Host is "" or "*" or "0.0.0.0" or "::")
                problem = "which no client can connect to";
            if (problem is null)
                addresses.Add(address);
            else
                problems.Add($"{SettingTable.AdvertisedListeners} names '{item}' ({given.Origin}), {problem}: write a name or address that clients reach, for example --advertise kafka.example.org:9092.");
        }

        return addresses;
    }

    /// <summary>An address without a listener's name holds for all listeners.</summary>
    private static AdvertisedEndpoint? Match(List<Address> advertised, string name)
    {
        foreach (var address in advertised)
        {
            if (address.Name is null || address.Name == name)
                return new AdvertisedEndpoint(address.Host, address.Port ?? 0);
        }

        return null;
    }

    private static string? Unsupported(string? name, Dictionary<string, string> protocols)
    {
        if (name is null)
            return null;
        var protocol = protocols.GetValueOrDefault(name, name);
        return protocol is "SSL" or "SASL_PLAINTEXT" or "SASL_SSL" ? protocol : null;
    }

    private static Dictionary<string, string> Protocols(string? map)
    {
        var protocols = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Items(map))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                protocols[pair[..colon].Trim().ToUpperInvariant()] = pair[(colon + 1)..].Trim().ToUpperInvariant();
        }

        return protocols;
    }

    private static string[] Items(string? list) =>
        (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
