using Chronik.Broker.Dispatch;
using Chronik.Protocol;

namespace Chronik.Broker.Network;

/// <summary>Writes the frame of one answer: size, header, body.</summary>
internal static class ResponseFrame
{
    /// <summary>Appends the frame to a writer that may hold earlier ones.</summary>
    public static void Write(RequestUnderWay request, KafkaWriter writer)
    {
        short version = request.Context.ApiVersion;
        writer.BeginFrame();
        writer.WriteInt32(request.Context.CorrelationId);
        if (request.Api.Description.ResponseHeaderVersion(version) >= 1)
        {
            writer.WriteUnsignedVarint(0);
        }

        request.Api.WriteBody(request.Response!, writer, version);
        writer.EndFrame();
    }
}
