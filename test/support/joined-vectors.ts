/** Tests compute as the program does. */
import { joinVectors } from '../../electron/services/joined-vectors.ts'

joinVectors()
