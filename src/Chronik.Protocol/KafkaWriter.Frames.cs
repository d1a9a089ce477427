using System.Buffers.Binary;

namespace Chronik.Protocol;

/// <content>Frames and tagged fields: what is known only after what follows it was written.</content>
public sealed partial class KafkaWriter
{
    private int _frameSizeAt;
    private int _frameStart;
    private int _frameFirstRegion;

    /// <summary>Begins a frame: leaves room for its size. Frames may follow each other, so that they are sent together.</summary>
    public void BeginFrame()
    {
        _frameSizeAt = _position;
        _frameFirstRegion = _regions.Count;
        Claim(sizeof(int));
        _frameStart = Length;
    }

    /// <summary>Ends the frame that was begun last: fills its size in, external regions included.</summary>
    public void EndFrame() => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_frameSizeAt), Length - _frameStart);

    /// <summary>Forgets the frame that was begun last and not ended. Its regions are not disposed.</summary>
    public void CancelFrame()
    {
        foreach (ExternalRegion region in _regions[_frameFirstRegion..])
            _externalBytes -= region.Records.Length;
        _regions.RemoveRange(_frameFirstRegion, _regions.Count - _frameFirstRegion);
        _position = _frameSizeAt;
    }

    /// <summary>Begins a tagged field.</summary>
    /// <returns>Where its content begins, for <see cref="EndTaggedField"/>.</returns>
    public int BeginTaggedField(uint tag)
    {
        WriteUnsignedVarint(tag);
        Claim(1);
        return _position;
    }

    /// <summary>Ends a tagged field: puts its size in front of it. Most are shorter than 128 bytes, whose size has one byte.</summary>
    public void EndTaggedField(int start)
    {
        int length = _position - start;
        Span<byte> size = stackalloc byte[5];
        int sizeBytes = EncodeVarint(size, (uint)length);
        if (sizeBytes > 1)
        {
            Claim(sizeBytes - 1);
            _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + sizeBytes - 1));
        }

        size[..sizeBytes].CopyTo(_buffer.AsSpan(start - 1));
    }

    /// <summary>Writes the unknown tagged fields from <paramref name="index"/> on whose tags are below <paramref name="tagEnd"/>.</summary>
    public void WriteUnknownTaggedFields(List<UnknownTaggedField>? fields, ref int index, long tagEnd)
    {
        for (; fields is not null && index < fields.Count && fields[index].Tag < tagEnd; index++)
        {
            WriteUnsignedVarint(fields[index].Tag);
            WriteUnsignedVarint((uint)fields[index].Data.Length);
            WriteRawBytes(fields[index].Data.Span);
        }
    }

    /// <summary>Writes the tagged fields of a structure that knows none in this version.</summary>
    public void WriteUnknownTaggedFields(List<UnknownTaggedField>? fields)
    {
        int index = 0;
        WriteUnsignedVarint((uint)(fields?.Count ?? 0));
        WriteUnknownTaggedFields(fields, ref index, long.MaxValue);
    }
}
